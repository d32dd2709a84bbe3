package wal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sort"
	"syscall"
)

// readAttempts is how often a place that cannot be read is tried before it is taken for damaged.
const readAttempts = 10

// Frame is what was appended as one Payload. Payload is valid until the next call of the reader.
type Frame struct {
	First   uint64
	Count   uint32
	Payload []byte
}

// Reader reads frames in order. It is not safe for concurrent use, but runs beside appends, evictions and other readers.
type Reader struct {
	log      *Log
	from     uint64 // items before it are not wanted
	next     uint64 // no frame begins before it
	segment  uint64 // the reader is in the first segment that begins here or later
	file     file   // of the segment that begins at opened; nil between segments
	opened   uint64
	cursor   cursor
	payload  []byte
	failures int // in a row
}

// NewReader returns a reader that begins with the frame that holds the item from, or the first after it.
func (l *Log) NewReader(from uint64) *Reader {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := &Reader{log: l, from: from}
	after := sort.Search(len(l.segments), func(i int) bool { return l.segments[i].first > from })
	if after > 0 {
		r.segment = l.segments[after-1].first
		r.next = r.segment
	}
	return r
}

// Next returns the next frame. io.EOF says that there is none yet; call again later. Frames that are damaged, evicted or
// released are passed over: then First is beyond the end of the frame before. Any other error is of reading the disk; call
// again after a pause, and what stays unreadable is passed over in the end.
func (r *Reader) Next() (Frame, error) {
	for {
		b, more, err := r.enter()
		if err != nil {
			return Frame{}, r.failed(err)
		}
		h, ok, err := r.read(b)
		switch {
		case more && errors.Is(err, io.EOF):
			r.leave()
		case err != nil:
			return Frame{}, r.failed(err)
		case ok:
			return Frame{First: h.first, Count: h.count, Payload: r.payload}, nil
		}
	}
}

// read takes the next frame of the segment; false says that it is damaged or not wanted.
func (r *Reader) read(b bounds) (h header, ok bool, err error) {
	h, r.payload, ok = r.log.fresh.take(r.payload, r.opened, r.cursor.offset)
	if !ok || !b.hold(&h, r.cursor.offset) {
		if h, err = r.cursor.next(b); err != nil {
			return h, false, err
		}
		if ok = h.end() > r.from; ok {
			stored, err := r.cursor.payload(&h, b.limit)
			if err != nil {
				return h, false, err
			}
			r.payload, ok = unpack(r.payload, stored, &h)
		}
	}
	r.cursor.offset += h.size()
	r.next = h.end()
	r.failures = 0
	return h, ok && h.end() > r.from, nil
}

// enter opens the segment that the reader is in, if need be, and returns where in it frames are to be found and whether
// segments follow. io.EOF says that there is no segment.
func (r *Reader) enter() (b bounds, more bool, err error) {
	l := r.log
	l.mu.Lock() // also while opening: the segment could be evicted
	defer l.mu.Unlock()
	if l.closed {
		return b, false, ErrClosed
	}
	at := sort.Search(len(l.segments), func(i int) bool { return l.segments[i].first >= r.segment })
	if at == len(l.segments) {
		return b, false, io.EOF
	}
	here := l.segments[at]
	if r.file == nil || r.opened != here.first {
		r.Close()
		r.segment = here.first
		if r.file, err = l.settings.open(l.path(here), os.O_RDONLY); err != nil {
			r.file = nil
			return b, false, err
		}
		r.opened = here.first
		r.cursor.reset(r.file)
	}
	b = bounds{limit: here.size, from: r.next, to: l.end}
	if more = at+1 < len(l.segments); more {
		b.to = l.segments[at+1].first
	}
	return b, more, nil
}

// leave makes the reader go on with the next segment.
func (r *Reader) leave() {
	r.Close()
	r.segment++
	if cap(r.payload) > 4*readAhead {
		r.payload = nil
	}
}

// failed passes over what the disk does not give, once it was tried often enough.
func (r *Reader) failed(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, ErrClosed) {
		return err
	}
	if !lost(err) {
		r.failures = 0
	} else if r.failures++; r.failures >= readAttempts {
		r.failures = 0
		if r.file == nil {
			r.segment++
		} else {
			r.cursor.skipPage()
		}
	}
	return fmt.Errorf("read the write-ahead log: %w", err)
}

// lost says that an error is of the data; others, like too many open files, pass.
func lost(err error) bool { return errors.Is(err, syscall.EIO) || errors.Is(err, fs.ErrNotExist) }

// Close lets go of the file that the reader has open.
func (r *Reader) Close() {
	if r.file != nil {
		_ = r.file.Close()
		r.file = nil
	}
}
