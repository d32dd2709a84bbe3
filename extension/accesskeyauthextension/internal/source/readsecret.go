package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/user"
	"time"
)

// A pair is a few hundred bytes, a config.json with many profiles some kilobytes.
const maxFileSize = 1 << 20

// secretFile is what a file holds, when that was written, and what its owner should know.
type secretFile struct {
	content []byte
	written time.Time
	warning string
}

// readSecret reads a secret file. It warns about, or refuses, one that everybody on the host can
// read. Errors name the file, its mode and the user, never the content.
func readSecret(path string, refuseWorldRead bool) (secret secretFile, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return secret, openError(path, err)
	}
	if !info.Mode().IsRegular() { // seen before it is opened, since opening a pipe blocks
		return secret, fmt.Errorf("AccessKey file %q is a %s: name a regular file", path, kind(info.Mode()))
	}
	file, err := os.Open(path)
	if err != nil {
		return secret, openError(path, err)
	}
	defer file.Close()
	if info.Mode().Perm()&0o004 != 0 {
		secret.warning = fmt.Sprintf("AccessKey file %q can be read by every user of this host (mode %04o): chmod 600 it, or 640 with a group of the collector's", path, info.Mode().Perm())
		if refuseWorldRead {
			return secret, errors.New(secret.warning + "; file_mode: refuse forbids its use")
		}
	}
	secret.written = info.ModTime()
	secret.content, err = io.ReadAll(io.LimitReader(file, maxFileSize+1))
	if err != nil {
		return secret, fmt.Errorf("AccessKey file %q: %w", path, err)
	}
	if len(secret.content) > maxFileSize {
		return secret, fmt.Errorf("AccessKey file %q is larger than 1 MiB: name the file that holds the pair", path)
	}
	return secret, nil
}

func openError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("AccessKey file %q: %w: create it, mode 0600, owned by user %s; it is read as soon as it is there", path, fs.ErrNotExist, userName())
	case errors.Is(err, fs.ErrPermission):
		mode := "unknown"
		if info, statErr := os.Stat(path); statErr == nil {
			mode = fmt.Sprintf("%04o", info.Mode().Perm())
		}
		return fmt.Errorf("AccessKey file %q (mode %s): %w for user %s: chown it to that user", path, mode, fs.ErrPermission, userName())
	}
	return fmt.Errorf("AccessKey file %q: %w", path, err)
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
