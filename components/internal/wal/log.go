package wal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

var (
	ErrLocked   = errors.New("in use by another collector or another exporter")
	ErrFull     = errors.New("the write-ahead log is full")
	ErrTooLarge = errors.New("too large for the write-ahead log")
	ErrNoItems  = errors.New("a payload must hold at least one item: one of none has no position in the log")
	ErrClosed   = errors.New("the write-ahead log is closed")
)

// SyncPolicy says when what was appended is forced to the disk. What the process wrote survives its own death in any case;
// the policy is about the death of the machine.
type SyncPolicy int

const (
	SyncNone     SyncPolicy = iota // left to the operating system
	SyncInterval                   // once a second, in the background
	SyncAlways                     // before Append returns
)

// DefaultSegmentSize is used when Settings name none.
const DefaultSegmentSize = 16 << 20

type Settings struct {
	Directory string
	// SegmentSize is where a segment ends, give or take a frame. It is at most a quarter of MaxSize, so that there is
	// something to evict or release.
	SegmentSize int64
	// MaxSize bounds the segments together; 0 is no bound. One call of Append takes at most half of it.
	MaxSize int64
	Sync    SyncPolicy
	// OnAppend, if not nil, is called for the items [first, end) of each successful Append, in their order, before a
	// reader sees them. It holds up all appends, and must not change the log.
	OnAppend func(first, end uint64)
	// OnSyncError, if not nil, is told what SyncInterval failed to do; it must not change the log.
	OnSyncError func(error)

	open opener // nil but in tests
}

// Payload is what the caller wants kept: Data, which holds Count items of the caller's.
type Payload struct {
	Data  []byte
	Count uint32
}

// file is what the log asks of *os.File. WriteAt and ReadAt on different ranges run at the same time.
type file interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Truncate(size int64) error
	Sync() error
}

type opener func(name string, flag int) (file, error)

func openFile(name string, flag int) (file, error) { return os.OpenFile(name, flag, 0o600) }

// segment is a file that holds items from first on, in size good bytes.
type segment struct {
	first uint64
	size  int64
}

// Log is safe for concurrent use.
type Log struct {
	settings Settings
	lock     io.Closer
	recovery Recovery
	stop     chan struct{} // ends the background sync
	stopped  sync.WaitGroup

	// changing is held through everything that changes the log, writing and syncing included. Its holder may read what mu
	// guards, and takes mu to change it: readers never wait for an append.
	changing sync.Mutex
	writer   file   // of the last segment; nil when the next append has to begin one
	synced   uint64 // what is before this ordinal needs no sync

	fresh fresh

	mu       sync.Mutex
	segments []segment     // by first, which are all different
	size     int64         // of all segments
	end      uint64        // the ordinal of the next item
	wait     chan struct{} // closed at the next append; nil when nobody asked
	closed   bool
}

func (l *Log) path(s segment) string {
	return filepath.Join(l.settings.Directory, fmt.Sprintf("%020d%s", s.first, suffix))
}

// last is the segment that is written; there must be one.
func (l *Log) last() *segment { return &l.segments[len(l.segments)-1] }

// Bounds returns the ordinal of the first item that may still be in the log, and the one after the last.
func (l *Log) Bounds() (first, end uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.begins(), l.end
}

func (l *Log) begins() uint64 {
	if len(l.segments) == 0 {
		return l.end
	}
	return l.segments[0].first
}

// Size is the size of all segments.
func (l *Log) Size() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.size
}

// Advance makes the next item's ordinal at least to. A caller whose own books outlived the tail of the log uses it, lest
// ordinals that it has seen be given to other items.
func (l *Log) Advance(to uint64) {
	l.changing.Lock()
	defer l.changing.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.end = max(l.end, to)
}

// Wait returns a channel that is closed at the next append after the call, or when the log is closed. To miss nothing, take
// it, then read to the end, then wait.
func (l *Log) Wait() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.wait == nil {
		l.wait = make(chan struct{})
		if l.closed {
			close(l.wait)
		}
	}
	return l.wait
}

// Close is safe to call twice.
func (l *Log) Close() error {
	if !l.markClosed() {
		return nil
	}
	close(l.stop)
	l.stopped.Wait()
	l.changing.Lock()
	defer l.changing.Unlock()
	return errors.Join(l.closeWriter(), l.lock.Close())
}

// markClosed is true once.
func (l *Log) markClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.closed = true
	if l.wait != nil {
		close(l.wait)
	}
	return true
}

func (l *Log) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}
