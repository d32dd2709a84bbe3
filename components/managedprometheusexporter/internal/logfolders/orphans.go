package logfolders

import (
	"path/filepath"
	"slices"
)

// Orphans returns the logs below a directory that have samples, belong to none of the running exporters, and that nobody holds.
func Orphans(directory string, running []string) ([]Folder, error) {
	all, err := names(directory)
	if err != nil {
		return nil, err
	}
	var orphans []Folder
	for _, name := range all {
		if belongs(name, running) {
			continue
		}
		if f := Inspect(directory, name); !f.InUse && f.Stranded() {
			orphans = append(orphans, f)
		}
	}
	return orphans, nil
}

func belongs(name string, running []string) bool {
	return slices.ContainsFunc(running, func(owner string) bool { return name == owner || isHandedTo(name, owner) })
}

// HandedTo returns the paths of the logs that were handed to the exporter of a folder.
func HandedTo(directory, owner string) (paths []string, err error) {
	all, err := names(directory)
	for _, name := range all {
		if isHandedTo(name, owner) {
			paths = append(paths, filepath.Join(directory, name))
		}
	}
	return paths, err
}
