package wal

import (
	"fmt"
	"os"
	"sync"
)

// maxPooled keeps one huge append from holding its memory for ever.
const maxPooled = 4 << 20

var buffers = sync.Pool{New: func() any { return new([]byte) }}

// Append adds the payloads in order, all or none. When it returns an error nothing of them remains. The data are copied.
// Errors to decide on: ErrFull (evict or refuse), ErrTooLarge, ErrNoItems, ErrClosed; others are the file system's.
func (l *Log) Append(payloads ...Payload) error {
	buf := buffers.Get().(*[]byte)
	defer func() {
		if cap(*buf) <= maxPooled {
			buffers.Put(buf)
		}
	}()
	*buf = (*buf)[:0]
	for _, p := range payloads {
		var err error
		if *buf, err = appendFrame(*buf, p); err != nil {
			return err
		}
	}
	if len(*buf) == 0 {
		return nil
	}
	l.changing.Lock()
	defer l.changing.Unlock()
	return l.add(*buf, payloads)
}

// add writes frames of payloads and books them.
func (l *Log) add(frames []byte, payloads []Payload) error {
	size := int64(len(frames))
	if err := l.admit(size); err != nil {
		return err
	}
	if l.writer == nil || l.last().size >= l.settings.SegmentSize {
		if err := l.begin(); err != nil {
			return err
		}
	}
	last := l.last()
	first, end := l.end, seal(frames, l.end, last.size)
	if err := l.store(frames, last.size); err != nil {
		return fmt.Errorf("append %d bytes to %q: %w", size, l.path(*last), err)
	}
	if l.settings.OnAppend != nil {
		l.settings.OnAppend(first, end)
	}
	l.fresh.keep(last.first, last.size, frames, payloads)
	l.publish(size, end)
	return nil
}

// publish lets readers see what was appended.
func (l *Log) publish(size int64, end uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last().size += size
	l.size += size
	l.end = end
	if l.wait != nil && !l.closed {
		close(l.wait)
		l.wait = nil
	}
}

func (l *Log) admit(size int64) error {
	limit := l.settings.MaxSize
	switch {
	case l.isClosed():
		return ErrClosed
	case limit == 0:
		return nil
	case size > limit/2:
		return fmt.Errorf("%w: %d bytes at once, the limit is half of the maximum size, %d bytes", ErrTooLarge, size, limit)
	case l.size+size > limit:
		return fmt.Errorf("%w: %q holds %d bytes, and %d more exceed its maximum size of %d",
			ErrFull, l.settings.Directory, l.size, size, limit)
	}
	return nil
}

// store writes the frames at the offset, or leaves nothing of them.
func (l *Log) store(frames []byte, offset int64) error {
	_, err := l.writer.WriteAt(frames, offset)
	if err == nil && l.settings.Sync == SyncAlways {
		err = l.writer.Sync()
	}
	if err == nil || l.writer.Truncate(offset) == nil {
		return err
	}
	// The refused frames stay in the file, where they do not count for Size. A new segment, at once if possible and else at the next append, claims their
	// ordinals, and so tells every later reader not to believe them.
	_ = l.writer.Close()
	l.writer = nil
	_ = l.begin()
	return err
}

// begin makes a new segment the one that is written. An empty last segment is begun again, under its old name.
func (l *Log) begin() error {
	next := segment{first: l.end}
	again := len(l.segments) > 0 && l.last().size == 0
	if again {
		next = *l.last()
	}
	writer, err := l.settings.open(l.path(next), os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return fmt.Errorf("begin a segment of the write-ahead log: %w", err)
	}
	if l.settings.Sync != SyncNone {
		if err := syncDirectory(l.settings.Directory); err != nil {
			_ = writer.Close()
			return fmt.Errorf("begin a segment of the write-ahead log: %w", err)
		}
	}
	if err := l.closeWriter(); err != nil && l.settings.OnSyncError != nil {
		l.settings.OnSyncError(err)
	}
	l.writer = writer
	if !again {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.segments = append(l.segments, next)
	}
	return nil
}
