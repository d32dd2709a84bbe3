//go:build linux || darwin

package wal

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// noRoom are the errors of a disk that is full, or of which this user may not take more.
var noRoom = []error{syscall.ENOSPC, syscall.EDQUOT}

// lockedFilesMove reports whether a directory can be renamed or removed while its lock is held.
const lockedFilesMove = true

// lockFile opens a file with os flags, and takes the lock until the returned file is closed or the process dies.
func lockFile(name string, flag int) (io.Closer, error) {
	f, err := os.OpenFile(name, flag, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	_ = f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, ErrLocked
	}
	return nil, &os.PathError{Op: "flock", Path: name, Err: err}
}

// syncDirectory makes new files survive the death of the machine.
func syncDirectory(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// FreeBytes is what an unprivileged process can still write to the file system of the directory. The error is
// errors.ErrUnsupported where the operating system is not asked.
func FreeBytes(directory string) (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(directory, &s); err != nil {
		return 0, &os.PathError{Op: "statfs", Path: directory, Err: err}
	}
	return int64(s.Bavail) * int64(s.Bsize), nil //nolint:gosec,unconvert // types differ by system; no disk is that large
}
