package managedprometheusexporter

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// CheckStart returns why the write-ahead log's directory cannot be made or used. It changes nothing: of a directory that does not
// exist it looks at the nearest one above it that does.
func (c *Config) CheckStart() error {
	for directory := filepath.Clean(c.WAL.Directory); ; directory = filepath.Dir(directory) {
		info, err := os.Stat(directory)
		switch {
		case errors.Is(err, fs.ErrNotExist) && directory != filepath.Dir(directory):
			continue
		case err != nil:
			return fmt.Errorf("wal::directory: %w", err)
		case !info.IsDir():
			return fmt.Errorf("wal::directory: %q is a file: name a directory that survives restarts, such as %s", directory, defaultDirectory)
		case !writable(directory):
			return fmt.Errorf("wal::directory: %q cannot be written by this user (uid %d): give it to the user that the collector runs as, with chown", directory, os.Getuid())
		}
		return nil
	}
}
