// Package packages installs the deb and the rpm into a Debian of their own and uses them as an administrator would. The Debian is a root made by
// debootstrap, run by the Docker engine; systemd is its first process, so the service runs as the unit says, in its sandbox.
// And two builds of the same commit are compared.
package packages
