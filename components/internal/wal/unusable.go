package wal

import (
	"fmt"
	"os"
	"os/user"
)

// unusable says who could not use the directory, and what to do about it.
func unusable(directory string, err error) error {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return fmt.Errorf("the write-ahead log directory %q cannot be used by user %s (uid %d): %w; "+
		"create it on a writable file system and give it to that user: mkdir -p %[1]q && chown -R %[2]s %[1]q",
		directory, name, os.Getuid(), err)
}
