// Package packages installs the deb and the rpm into a Debian of their own and uses them as an administrator would. The Debian is a root made by
// debootstrap, run by the Docker engine; systemd does not run in it, so the unit's own lines are run by hand, as its user.
// And two builds of the same commit are compared.
package packages
