package wal

import (
	"errors"
	"fmt"
	"os"
	"time"
)

const syncEvery = time.Second

// Sync forces to the disk what was appended before the call; with SyncNone only as far as it is in the segment that is
// written.
func (l *Log) Sync() error {
	l.changing.Lock()
	writer, end := l.writer, l.end
	idle := writer == nil || l.synced >= end
	l.changing.Unlock()
	if idle {
		return nil
	}
	err := writer.Sync() // appends go on meanwhile
	if errors.Is(err, os.ErrClosed) {
		return nil // the segment was finished meanwhile, and synced then
	}
	if err != nil {
		return fmt.Errorf("sync the write-ahead log %q: %w", l.settings.Directory, err)
	}
	l.changing.Lock()
	defer l.changing.Unlock()
	l.synced = max(l.synced, end)
	return nil
}

func (l *Log) syncInBackground() {
	ticker := time.NewTicker(syncEvery)
	defer ticker.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-ticker.C:
		}
		if err := l.Sync(); err != nil && l.settings.OnSyncError != nil {
			l.settings.OnSyncError(err)
		}
	}
}

// closeWriter is called by the holder of changing.
func (l *Log) closeWriter() error {
	if l.writer == nil {
		return nil
	}
	var err error
	if l.settings.Sync == SyncInterval && l.synced < l.end {
		err = l.writer.Sync()
		l.synced = l.end
	}
	err = errors.Join(err, l.writer.Close())
	l.writer = nil
	return err
}
