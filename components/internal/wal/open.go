package wal

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	suffix   = ".wal"
	lockName = "lock"
)

// Recovery is what Open found wrong at the end of the log.
type Recovery struct {
	Segment string // the file; empty when all was well
	Cut     int64  // bytes behind its last whole frame, cut off
}

// Recovery returns what Open found.
func (l *Log) Recovery() Recovery { return l.recovery }

// Open opens the log in a directory, or makes one, and holds it until Close. It succeeds whatever is in the segments: what
// follows the last whole frame is cut off, other damage is left to the reader.
func Open(settings Settings) (*Log, error) {
	if settings.open == nil {
		settings.open = openFile
	}
	if settings.SegmentSize <= 0 {
		settings.SegmentSize = DefaultSegmentSize
	}
	if settings.MaxSize > 0 {
		settings.SegmentSize = max(1, min(settings.SegmentSize, settings.MaxSize/4))
	}
	if err := os.MkdirAll(settings.Directory, 0o700); err != nil {
		return nil, unusable(settings.Directory, err)
	}
	lock, err := waitForLock(settings.Directory)
	if errors.Is(err, ErrLocked) {
		return nil, fmt.Errorf("%w; give each its own directory", err)
	}
	if err != nil {
		return nil, unusable(settings.Directory, err)
	}
	l := &Log{settings: settings, lock: lock, stop: make(chan struct{})}
	if err := l.load(); err != nil {
		_ = lock.Close()
		return nil, unusable(settings.Directory, err)
	}
	if settings.Sync == SyncInterval {
		l.stopped.Go(l.syncInBackground)
	}
	return l, nil
}

// Those who only look at a log hold its lock for a moment; whoever opens it waits so long.
const (
	lockAttempts = 10
	lockPause    = 20 * time.Millisecond
)

func waitForLock(directory string) (lock io.Closer, err error) {
	for range lockAttempts {
		if lock, err = takeLock(directory, true); !errors.Is(err, ErrLocked) {
			return lock, err
		}
		time.Sleep(lockPause)
	}
	return nil, err
}

// load lists the segments, and finds the end of the last.
func (l *Log) load() error {
	if err := l.list(); err != nil || len(l.segments) == 0 {
		return err
	}
	return l.recover()
}

// list finds the segments and their sizes.
func (l *Log) list() error {
	entries, err := os.ReadDir(l.settings.Directory)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		first, ok := parseName(entry.Name())
		if !ok || !entry.Type().IsRegular() {
			continue
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		l.segments = append(l.segments, segment{first: first, size: info.Size()})
		l.size += info.Size()
	}
	slices.SortFunc(l.segments, func(a, b segment) int { return cmp.Compare(a.first, b.first) })
	return nil
}

// recover makes the last segment end with its last whole frame, and goes on writing there. The end of the log never goes
// back behind the name of that segment.
func (l *Log) recover() error {
	last := l.last()
	writer, err := l.settings.open(l.path(*last), os.O_RDWR)
	if err != nil {
		return err
	}
	size, end, err := wholeFrames(writer, *last)
	if err != nil {
		_ = writer.Close()
		return err
	}
	l.end = end
	l.writer = writer
	if size == last.size {
		return nil
	}
	l.recovery = Recovery{Segment: l.path(*last), Cut: last.size - size}
	l.size += size - last.size
	last.size = size
	if err := writer.Truncate(size); err != nil { // as after a refused append: what follows goes to a new segment
		_ = writer.Close()
		l.writer = nil
	}
	return nil
}

// wholeFrames finds the end of the last frame in s that has a good header and all of its bytes, and the ordinal after it.
// Whether its payload is good is left to the reader: a frame that was written whole was accepted, and its loss must show.
func wholeFrames(f io.ReaderAt, s segment) (size int64, end uint64, err error) {
	c := cursor{file: f}
	end = s.first
	for {
		h, err := c.next(bounds{limit: s.size, from: end, to: math.MaxUint64})
		switch {
		case errors.Is(err, io.EOF):
			return size, end, nil
		case err == nil:
			c.offset += h.size()
			size, end = c.offset, h.end()
		case lost(err):
			c.skipPage()
		default:
			return size, end, err
		}
	}
}

func parseName(name string) (uint64, bool) {
	digits, ok := strings.CutSuffix(name, suffix)
	if !ok || len(digits) != 20 {
		return 0, false
	}
	first, err := strconv.ParseUint(digits, 10, 64)
	return first, err == nil
}
