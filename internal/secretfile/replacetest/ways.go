// Package replacetest has the ways in which operators and tools replace a file that holds a secret or a certificate.
package replacetest

import (
	"os"
	"path/filepath"
	"strconv"
)

// Way is a way to replace a file.
type Way struct {
	Name string
	// First writes the first content. nil writes it in place.
	First func(path, content string) error
	// Replace brings content to path. It calls between whenever the file is missing or not what it should be, so that
	// a test can let the reader see that state.
	Replace func(path, content string, between func()) error
}

// Ways returns all of them.
func Ways() []Way {
	return []Way{
		{Name: "written in place", Replace: func(path, content string, _ func()) error { return write(path, content) }},
		{Name: "renamed over", Replace: renameOver},
		{Name: "removed, then created", Replace: removed},
		{Name: "moved away, then created", Replace: movedAway},
		{Name: "..data swap", First: swap, Replace: func(path, content string, _ func()) error { return swap(path, content) }},
		{Name: "empty first", Replace: func(path, content string, between func()) error { return inTwoWrites(path, "", content, between) }},
		{Name: "half written first", Replace: func(path, content string, between func()) error {
			return inTwoWrites(path, content[:len(content)/2], content, between)
		}},
		{Name: "mode 000 first", Replace: unreadable},
	}
}

// Write writes the first content in this way.
func (w Way) Write(path, content string) error {
	if w.First != nil {
		return w.First(path, content)
	}
	return write(path, content)
}

func write(path, content string) error { return os.WriteFile(path, []byte(content), 0o600) }

func renameOver(path, content string, _ func()) error {
	if err := write(path+"~", content); err != nil {
		return err
	}
	return os.Rename(path+"~", path)
}

func removed(path, content string, between func()) error {
	if err := os.Remove(path); err != nil {
		return err
	}
	between()
	return write(path, content)
}

func movedAway(path, content string, between func()) error {
	if err := os.Rename(path, path+".old"); err != nil {
		return err
	}
	between()
	return write(path, content)
}

func inTwoWrites(path, first, content string, between func()) error {
	if err := write(path, first); err != nil {
		return err
	}
	between()
	return write(path, content)
}

// unreadable replaces the file by one that nobody may read at first. For root the mode means nothing.
func unreadable(path, content string, between func()) error {
	if err := write(path+"~", content); err != nil {
		return err
	}
	if err := os.Chmod(path+"~", 0); err != nil {
		return err
	}
	if err := os.Rename(path+"~", path); err != nil {
		return err
	}
	between()
	return os.Chmod(path, 0o600)
}

// swap writes as the kubelet does: the file is a link through ..data, a link to a folder that is replaced at once.
func swap(path, content string) error {
	root, name := filepath.Dir(path), filepath.Base(path)
	folder, err := os.MkdirTemp(root, "..2026_")
	if err != nil {
		return err
	}
	if err := write(filepath.Join(folder, name), content); err != nil {
		return err
	}
	next := filepath.Join(root, "..next"+strconv.Itoa(os.Getpid()))
	if err := os.Symlink(filepath.Base(folder), next); err != nil {
		return err
	}
	if err := os.Rename(next, filepath.Join(root, "..data")); err != nil {
		return err
	}
	if err := os.Symlink(filepath.Join("..data", name), path); err != nil && !os.IsExist(err) {
		return err
	}
	return nil
}
