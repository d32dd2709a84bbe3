package logfolders

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/msp-collector/msp-collector/components/internal/wal"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/delivery"
)

// Hand hands the log at a path to an exporter, named by its id or its folder, in the same wal::directory, or by the path of its
// folder in another on the same file system. The exporter delivers it within seconds if it runs, else after its next start. Hand
// returns what was handed over, and where it is now. It refuses a log that is in use or belongs to an exporter of the last start.
func Hand(path, to string) (Folder, string, error) {
	f, err := atRest(path)
	if err != nil {
		return f, "", err
	}
	directory, owner, err := resolve(f.Directory, to)
	if err != nil {
		return f, "", err
	}
	target := filepath.Join(directory, handedName(directory, owner, f.Name))
	err = wal.Move(f.Path(), target)
	if errors.Is(err, syscall.EXDEV) {
		err = fmt.Errorf("%w: copy the folder into %q under another name while no collector uses it, run this command with the copy, and delete the original", err, directory)
	}
	return f, target, err
}

// Delete deletes the log at a path with all its samples, and returns what was deleted. It refuses what Hand refuses.
func Delete(path string) (Folder, error) {
	f, err := atRest(path)
	if err != nil {
		return f, err
	}
	return f, wal.Remove(f.Path())
}

// atRest looks into the log at a path, and refuses one that somebody has or expects to find.
func atRest(path string) (Folder, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return Folder{}, err
	}
	directory, name := filepath.Split(path)
	directory = filepath.Clean(directory)
	if !delivery.IsLog(path) {
		return Folder{}, fmt.Errorf("%q is not the folder of a write-ahead log: `msp-collector wal list %s` shows those there are", path, directory)
	}
	f := Inspect(directory, name)
	if f.InUse {
		return f, fmt.Errorf("the write-ahead log %q is %w", path, wal.ErrLocked)
	}
	folders, _, err := readList(directory)
	if err != nil {
		return f, err
	}
	for _, owner := range folders {
		switch {
		case name == owner:
			return f, fmt.Errorf("%q belongs to the exporter %s, which delivers it while the collector runs: remove the exporter from the configuration first", path, ID(owner))
		case isHandedTo(name, owner):
			return f, fmt.Errorf("%q was already handed to the exporter %s, which delivers it while the collector runs", path, ID(owner))
		}
	}
	return f, nil
}

// resolve finds the folder of an exporter that a log is to be handed to.
func resolve(directory, to string) (owningDirectory, owner string, err error) {
	if filepath.IsAbs(to) || strings.HasPrefix(to, ".") {
		if to, err = filepath.Abs(to); err != nil {
			return "", "", err
		}
		directory, to = filepath.Dir(to), filepath.Base(to)
	}
	folders, _, err := readList(directory)
	if err != nil {
		return "", "", err
	}
	ids := make([]string, len(folders))
	for i, folder := range folders {
		if ids[i] = ID(folder); to == ids[i] || to == folder {
			return directory, folder, nil
		}
	}
	if len(ids) == 0 {
		return "", "", fmt.Errorf("no exporter has run with the wal::directory %q: start the collector once", directory)
	}
	return "", "", fmt.Errorf("no exporter %q has run with the wal::directory %q at the last start; those that have: %s", to, directory, strings.Join(slices.Sorted(slices.Values(ids)), ", "))
}
