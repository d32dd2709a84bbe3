package wal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// A log at rest is a directory that nobody holds. What follows is for such logs. Each function takes the log's lock, and
// fails with ErrLocked when somebody holds it.

// InUse reports whether somebody holds the log in a directory. It creates nothing there.
func InUse(directory string) (bool, error) {
	lock, err := takeLock(directory, false)
	switch {
	case errors.Is(err, ErrLocked):
		return true, nil
	case errors.Is(err, fs.ErrNotExist): // nobody has ever held it
		return false, nil
	case err != nil:
		return false, err
	}
	return false, lock.Close()
}

// Move renames the directory of a log at rest; segments, ordinals and all other files in it go along. The rename is atomic: after
// a crash the log is at one of the two places, whole. Both are on one file system, and nothing is at the new place.
func Move(from, to string) error {
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, fmt.Errorf("%q: %w", to, fs.ErrExist))
	}
	lock, err := takeLock(from, true)
	if err != nil {
		return err
	}
	if !lockedFilesMove {
		_ = lock.Close()
	}
	if err = os.Rename(from, to); err == nil { // a power cut may undo it: then the log is where it was, whole
		_, _ = syncDirectory(filepath.Dir(from)), syncDirectory(filepath.Dir(to))
	}
	if lockedFilesMove {
		err = errors.Join(err, lock.Close())
	}
	return err
}

// Remove deletes a log at rest and whatever else is in its directory. Segments go first, the oldest before the others: a
// crash in between leaves a log of which the oldest items are gone, never one that has forgotten what was delivered.
func Remove(directory string) error {
	lock, err := takeLock(directory, true)
	if err != nil {
		return err
	}
	err = removeFiles(directory)
	if err != nil || lockedFilesMove {
		if err == nil {
			err = os.RemoveAll(directory)
		}
		return errors.Join(err, lock.Close())
	}
	_ = lock.Close()
	return os.RemoveAll(directory)
}

// removeFiles deletes all files but the lock.
func removeFiles(directory string) error {
	entries, err := os.ReadDir(directory) // by name, which orders segments
	if err != nil {
		return err
	}
	var names []string
	for _, entry := range entries {
		if entry.Name() != lockName {
			names = append(names, entry.Name())
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return segmentsFirst(a) - segmentsFirst(b) })
	for _, name := range names {
		if err := os.Remove(filepath.Join(directory, name)); err != nil {
			return err
		}
	}
	return nil
}

func segmentsFirst(name string) int {
	if _, ok := parseName(name); ok {
		return 0
	}
	return 1
}

// takeLock takes the lock of a log, with a lock file if need be and wanted.
func takeLock(directory string, create bool) (io.Closer, error) {
	flag := os.O_RDWR
	if create {
		flag |= os.O_CREATE
	}
	lock, err := lockFile(filepath.Join(directory, lockName), flag)
	if errors.Is(err, ErrLocked) {
		return nil, fmt.Errorf("the write-ahead log %q is %w", directory, ErrLocked)
	}
	return lock, err
}
