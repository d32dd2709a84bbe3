package secretfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/user"
	"time"

	"github.com/msp-collector/msp-collector/internal/filemode"
)

// A secret is a few hundred bytes; a CA bundle is some hundred kilobytes.
const maxSize = 1 << 20

// File is the content of a file at one moment.
type File struct {
	Content []byte
	// Written is the modification time.
	Written time.Time
	// WorldReadable reports whether every user of the host can read the file.
	WorldReadable bool
	// Mode is the permission bits.
	Mode fs.FileMode
}

// Read returns the content of a regular file of at most 1 MiB, following symbolic links. what names the file in
// errors, such as "AccessKey file". Errors name the path, the mode and the user of this process, never the content.
func Read(path, what string) (file File, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return file, openError(path, what, err)
	}
	if !info.Mode().IsRegular() { // checked before it is opened, because opening a pipe blocks
		return file, fmt.Errorf("%s %q is a %s: name a regular file", what, path, kind(info.Mode()))
	}
	opened, err := os.Open(path)
	if err != nil {
		return file, openError(path, what, err)
	}
	defer func() { _ = opened.Close() }() // only read from
	file.Written, file.Mode = info.ModTime(), info.Mode().Perm()
	file.WorldReadable = file.Mode&0o004 != 0
	file.Content, err = io.ReadAll(io.LimitReader(opened, maxSize+1))
	if err != nil {
		return file, fmt.Errorf("%s %q: %w", what, path, err)
	}
	if len(file.Content) > maxSize {
		return file, fmt.Errorf("%s %q is larger than 1 MiB: name the right file", what, path)
	}
	return file, nil
}

func openError(path, what string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s %q: %w: create it, mode 0600, owned by user %s; it is read as soon as it is there", what, path, fs.ErrNotExist, userName())
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s %q: %w", what, path, filemode.Explain(err))
	}
	return fmt.Errorf("%s %q: %w", what, path, err)
}

func userName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return fmt.Sprintf("with uid %d", os.Getuid())
}

func kind(mode fs.FileMode) string {
	if mode.IsDir() {
		return "directory"
	}
	return "special file"
}
