package wal

import (
	"errors"
	"io"
	"os"
	"syscall"
)

const (
	sharingViolation = syscall.Errno(32)
	handleDiskFull   = syscall.Errno(39)
	diskFull         = syscall.Errno(112)
	quotaExceeded    = syscall.Errno(1295)
)

// noRoom are the errors of a disk that is full, or of which this user may not take more.
var noRoom = []error{handleDiskFull, diskFull, quotaExceeded}

// lockFile takes the lock until the returned file is closed or the process dies: the file is shared with nobody.
func lockFile(name string) (io.Closer, error) {
	path, err := syscall.UTF16PtrFromString(name)
	if err != nil {
		return nil, err
	}
	handle, err := syscall.CreateFile(path, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, sharingViolation) {
		return nil, ErrLocked
	}
	if err != nil {
		return nil, &os.PathError{Op: "lock", Path: name, Err: err}
	}
	return os.NewFile(uintptr(handle), name), nil
}

// syncDirectory has nothing to do: a directory cannot be synced here.
func syncDirectory(string) error { return nil }

// FreeBytes is not asked of this operating system.
func FreeBytes(string) (int64, error) { return 0, errors.ErrUnsupported }
