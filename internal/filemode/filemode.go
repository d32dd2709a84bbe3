// Package filemode explains why a file cannot be read: which user the process runs as, who owns the
// file, and the command that makes it readable. It also says how to take a file from other users.
package filemode

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
)

// Explain returns err with an explanation when permission to read a file is denied, and err itself
// otherwise. The path is that of the *fs.PathError in err; without one there is no explanation. What err
// wraps is wrapped still. Explain looks at the file as it is now.
func Explain(err error) error {
	var denied *fs.PathError
	if !errors.Is(err, fs.ErrPermission) || !errors.As(err, &denied) || denied.Path == "" {
		return err
	}
	path, pathErr := filepath.Abs(denied.Path)
	if pathErr != nil {
		return err
	}
	return fmt.Errorf("%w: %s%s", err, explain(path), inContainer())
}

// inContainer is a reminder that the path is the container's.
func inContainer() string {
	if os.Getpid() != 1 {
		return ""
	}
	return " (on the host, at the path that is mounted into this container)"
}

// self names the user of this process.
func self() string {
	uid, gid := os.Geteuid(), os.Getegid()
	if known, err := user.LookupId(strconv.Itoa(uid)); err == nil && known.Username != "" {
		return fmt.Sprintf("user %s (uid %d, gid %d)", known.Username, uid, gid)
	}
	return fmt.Sprintf("uid %d, gid %d", uid, gid)
}
