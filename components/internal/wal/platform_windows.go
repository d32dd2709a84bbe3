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

// lockedFilesMove reports whether a directory can be renamed or removed while its lock is held: not where a file in it is open.
const lockedFilesMove = false

// lockFile opens a file with os flags, and takes the lock until the returned file is closed or the process dies: the file is
// shared with nobody.
func lockFile(name string, flag int) (io.Closer, error) {
	path, err := syscall.UTF16PtrFromString(name)
	if err != nil {
		return nil, err
	}
	mode := uint32(syscall.OPEN_EXISTING)
	if flag&os.O_CREATE != 0 {
		mode = syscall.OPEN_ALWAYS
	}
	handle, err := syscall.CreateFile(path, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, mode, syscall.FILE_ATTRIBUTE_NORMAL, 0)
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
