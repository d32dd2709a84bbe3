package wal

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"slices"
)

// DiskFull tells whether an error is that of a disk without room.
func DiskFull(err error) bool {
	return slices.ContainsFunc(noRoom, func(full error) bool { return errors.Is(err, full) })
}

// unusable says who could not use the directory, and what to do about it.
func unusable(directory string, err error) error {
	if DiskFull(err) {
		return fmt.Errorf("the write-ahead log directory %q has no room: %w", directory, err)
	}
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return fmt.Errorf("the write-ahead log directory %q cannot be used by user %s (uid %d): %w; "+
		"create it on a writable file system and give it to that user: mkdir -p %[1]q && chown -R %[2]s %[1]q",
		directory, name, os.Getuid(), err)
}
