package delivery

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/msp-collector/msp-collector/components/internal/wal"
)

// Backlog is what a log holds that is not delivered.
type Backlog struct {
	Samples uint64 // a damaged place counts with the samples it had
	Bytes   int64  // of all files of the log's directory
}

// BacklogOf reads the backlog of the log in a directory, beside whoever holds it, and changes nothing. A directory without a
// log has none. The count of a log that is in use is a moment old.
func BacklogOf(directory string) (Backlog, error) {
	backlog := Backlog{Bytes: bytesIn(directory)}
	log, err := wal.OpenView(directory)
	if err != nil {
		return backlog, fmt.Errorf("read the write-ahead log %q: %w", directory, err)
	}
	shards, _ := loadCheckpoint(directory) // what is damaged in it is reported when the log is opened
	st, _, err := locate(log, shards, openQuarantine(directory, false))
	if err != nil {
		return backlog, fmt.Errorf("read the write-ahead log %q: %w", directory, err)
	}
	_, end := log.Bounds()
	backlog.Samples = newBooks(st.position, end, st.skip).recovered
	return backlog, nil
}

// IsLog reports whether a directory has segments or a checkpoint: whether it was ever the log of an exporter.
func IsLog(directory string) bool {
	for _, name := range []string{checkpointFile, checkpointFile + backupSuffix} {
		if info, err := os.Lstat(filepath.Join(directory, name)); err == nil && info.Mode().IsRegular() {
			return true
		}
	}
	return wal.Holds(directory)
}

func bytesIn(directory string) (size int64) {
	entries, err := os.ReadDir(directory)
	if err != nil {
		return 0
	}
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil {
			size += info.Size()
		}
	}
	return size
}
