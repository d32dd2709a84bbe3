//go:build unix

package filemode

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// The rights that a process needs, as the bits of others: to read a file, and to pass through a folder.
const (
	read   fs.FileMode = 0o4
	search fs.FileMode = 0o1
)

func explain(path string) string {
	kind, at, right := "file", path, read
	if folder := barred(path); folder != "" {
		kind, at, right = "folder", folder, search
	}
	info, err := os.Stat(at)
	if err != nil {
		return "this process runs as " + self()
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "this process runs as " + self()
	}
	mode := info.Mode().Perm()
	said := fmt.Sprintf("this process runs as %s, and the %s %s belongs to uid %d, gid %d with mode %04o", self(), kind, at, owner.Uid, owner.Gid, mode)
	letter := map[fs.FileMode]string{read: "r", search: "x"}[right]
	uid, gid := uint32(os.Geteuid()), uint32(os.Getegid()) //nolint:gosec // ids are not negative on Unix
	groups, _ := os.Getgroups()
	switch {
	case allowed(mode, right, uid, *owner, append(groups, int(gid))):
		return said + ", which would allow it: look for SELinux, AppArmor or an access control list (ls -Z, getfacl)"
	case uid == owner.Uid:
		return fmt.Sprintf("%s: run chmod u+%s %s", said, letter, quoted(at))
	case gid == owner.Gid:
		return fmt.Sprintf("%s: run chmod g+%s %s", said, letter, quoted(at))
	default:
		return fmt.Sprintf("%s: run chgrp %d %s && chmod g+%s %s", said, gid, quoted(at), letter, quoted(at))
	}
}

// Exposed returns the command that takes a file from other users and leaves it to this process, and ""
// when other users cannot read the file or it cannot be looked at.
func Exposed(path string) string {
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o004 == 0 {
		return ""
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	switch gid := os.Getegid(); {
	case !ok, os.Geteuid() == int(owner.Uid), os.Geteuid() == 0, gid == int(owner.Gid) && info.Mode().Perm()&0o040 != 0:
		return "chmod o-rwx " + quoted(path) + inContainer()
	default:
		return fmt.Sprintf("chgrp %d %s && chmod g+r,o-rwx %s%s", gid, quoted(path), quoted(path), inContainer())
	}
}

// barred returns the first folder on the way to path that this process may not pass through, or "".
func barred(path string) string {
	var folders []string
	for folder := filepath.Dir(path); ; folder = filepath.Dir(folder) {
		folders = append(folders, folder)
		if folder == filepath.Dir(folder) {
			break
		}
	}
	for i := len(folders) - 1; i > 0; i-- {
		if _, err := os.Stat(folders[i-1]); errors.Is(err, fs.ErrPermission) {
			return folders[i]
		}
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrPermission) {
		return folders[0]
	}
	return ""
}

// allowed reports whether mode gives the right to a user with these groups.
func allowed(mode, right fs.FileMode, uid uint32, owner syscall.Stat_t, groups []int) bool {
	switch {
	case uid == owner.Uid:
		return mode&(right<<6) != 0
	case slices.Contains(groups, int(owner.Gid)):
		return mode&(right<<3) != 0
	default:
		return mode&right != 0
	}
}

// quoted writes a path for a shell.
func quoted(path string) string {
	if strings.ContainsAny(path, " \t\n\"'\\$&;|<>()*?[]#~`!{}") {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}
