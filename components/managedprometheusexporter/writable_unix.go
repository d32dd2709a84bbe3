//go:build unix

package managedprometheusexporter

import "golang.org/x/sys/unix"

// writable reports whether this process may create files in a directory.
func writable(directory string) bool { return unix.Access(directory, unix.W_OK|unix.X_OK) == nil }
