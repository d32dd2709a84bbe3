package wal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Evicted is the ordinal before which the log was made to forget everything, by EvictOldest or Release.
func (l *Log) Evicted() uint64 {
	first, _ := l.Bounds()
	return first
}

// Release deletes the segments that hold only items before the ordinal. The one that is written is deleted with them when
// all of it is released and it is not small, so that a drained log is empty whatever its maximum size.
func (l *Log) Release(before uint64) error {
	l.changing.Lock()
	defer l.changing.Unlock()
	if l.isClosed() {
		return ErrClosed
	}
	for len(l.segments) > 1 && l.segments[1].first <= before {
		if err := l.removeOldest(); err != nil {
			return err
		}
	}
	if len(l.segments) == 0 || before < l.end || l.last().size < max(1, l.settings.SegmentSize/4) {
		return nil
	}
	if err := l.begin(); err != nil {
		return err
	}
	return l.removeOldest()
}

// EvictOldest deletes the oldest segment, whatever is in it, and returns the ordinal from which items are still kept.
func (l *Log) EvictOldest() (uint64, error) {
	l.changing.Lock()
	defer l.changing.Unlock()
	if l.isClosed() {
		return l.begins(), ErrClosed
	}
	if len(l.segments) == 1 && l.last().size > 0 {
		if err := l.begin(); err != nil {
			return l.begins(), err
		}
	}
	if len(l.segments) <= 1 { // there is nothing in it
		return l.begins(), nil
	}
	err := l.removeOldest()
	return l.begins(), err
}

// removeOldest forgets the oldest segment when its file is gone; until then it counts.
func (l *Log) removeOldest() error {
	l.mu.Lock() // also while deleting: a reader opens what it finds in the list
	defer l.mu.Unlock()
	oldest := l.segments[0]
	if err := os.Remove(l.path(oldest)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete a segment of the write-ahead log: %w", err)
	}
	l.size -= oldest.size
	l.segments = append(l.segments[:0], l.segments[1:]...)
	return nil
}
