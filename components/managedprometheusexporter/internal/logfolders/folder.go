package logfolders

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/msp-collector/msp-collector/components/internal/wal"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/delivery"
)

// endpointFile is the file in a log's folder that holds the URL that its samples were meant for.
const endpointFile = "endpoint"

// Folder is a log below a wal::directory.
type Folder struct {
	Directory string // the wal::directory
	Name      string
	Endpoint  string // that its samples are for, with its query; empty where it is not on record
	InUse     bool   // somebody holds its lock
	delivery.Backlog
	Err error // why its samples cannot be counted
}

// Path returns where the log is.
func (f *Folder) Path() string { return filepath.Join(f.Directory, f.Name) }

// Stranded reports whether the log has anything to deliver, as far as can be seen.
func (f *Folder) Stranded() bool { return f.Samples > 0 || f.Err != nil }

// Scan returns the logs below a directory, by name. A directory that does not exist has none.
func Scan(directory string) ([]Folder, error) {
	names, err := names(directory)
	if err != nil {
		return nil, err
	}
	folders := make([]Folder, 0, len(names))
	for _, name := range names {
		folders = append(folders, Inspect(directory, name))
	}
	return folders, nil
}

// names are the names of the logs below a directory, sorted.
func names(directory string) (all []string, err error) {
	entries, err := os.ReadDir(directory)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, entry := range entries {
		if entry.IsDir() && !strings.HasPrefix(entry.Name(), ".") && delivery.IsLog(filepath.Join(directory, entry.Name())) {
			all = append(all, entry.Name())
		}
	}
	return all, err
}

// Inspect looks into one log.
func Inspect(directory, name string) Folder {
	f := Folder{Directory: directory, Name: name}
	f.InUse, f.Err = wal.InUse(f.Path())
	f.Endpoint = endpointOf(f.Path())
	backlog, err := delivery.BacklogOf(f.Path())
	f.Backlog, f.Err = backlog, errors.Join(f.Err, err)
	return f
}

func endpointOf(path string) string {
	content, err := os.ReadFile(filepath.Join(path, endpointFile))
	if err != nil {
		return ""
	}
	return string(content)
}

// ChangeEndpoint puts on record the URL to which the samples of a log go, and returns the one before.
func ChangeEndpoint(path, endpoint string) (before string, err error) {
	file := filepath.Join(path, endpointFile)
	content, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if string(content) == endpoint {
		return endpoint, nil
	}
	return string(content), os.WriteFile(file, []byte(endpoint), 0o600)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
