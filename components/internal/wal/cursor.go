package wal

import (
	"bytes"
	"errors"
	"io"
	"slices"
)

const (
	readAhead = 256 << 10
	pageSize  = 4096
)

// cursor finds the frames of one segment. It reads only below the limits it is given, where bytes no longer change, and
// so may keep what it has read.
type cursor struct {
	file   io.ReaderAt
	offset int64  // where the next frame is looked for
	window []byte // bytes of the file,
	start  int64  // from this offset on
}

// bounds is where frames are taken for real: they end at or before the offset limit, and their items are in [from, to).
type bounds struct {
	limit    int64
	from, to uint64
}

// hold tells whether a frame at an offset is within b.
func (b *bounds) hold(h *header, offset int64) bool {
	return h.first >= b.from && h.end() <= b.to && offset+h.size() <= b.limit
}

// reset makes c begin with a file. The window's memory is kept unless one large frame made it large.
func (c *cursor) reset(file io.ReaderAt) {
	window := c.window[:0]
	if cap(window) > 4*readAhead {
		window = nil
	}
	*c = cursor{file: file, window: window}
}

// next moves to the first frame at or after the offset that is within b, past whatever is not one, and returns its header;
// io.EOF says that there is none.
func (c *cursor) next(b bounds) (header, error) {
	for c.offset+headerSize <= b.limit {
		buf, err := c.peek(headerSize, b.limit)
		if err != nil {
			return header{}, err
		}
		h, ok := parseHeader(buf, c.offset)
		if ok && b.hold(&h, c.offset) {
			return h, nil
		}
		c.offset += toMagic(buf)
	}
	return header{}, io.EOF
}

// toMagic is the distance to the next place in buf, other than its beginning, where a frame may begin.
func toMagic(buf []byte) int64 {
	if at := bytes.Index(buf[1:], magic); at >= 0 {
		return int64(at) + 1
	}
	return int64(len(buf) - len(magic) + 1)
}

// payload returns the stored payload of the frame at the offset; valid until the next call. io.EOF says that there is none.
func (c *cursor) payload(h *header, limit int64) ([]byte, error) {
	buf, err := c.peek(h.size(), limit)
	if err != nil {
		return nil, err
	}
	return buf[headerSize:h.size()], nil
}

// peek returns at least n bytes from the offset on, and more when they are at hand.
func (c *cursor) peek(n, limit int64) ([]byte, error) {
	if at := c.offset - c.start; at >= 0 && at+n <= int64(len(c.window)) {
		return c.window[at:], nil
	}
	size := int(min(max(n, readAhead), limit-c.offset))
	window := slices.Grow(c.window[:0], size)[:size]
	got, err := c.file.ReadAt(window, c.offset)
	c.window, c.start = window[:got], c.offset
	if int64(got) >= n {
		return c.window, nil
	}
	if errors.Is(err, io.EOF) { // somebody cut the file: what should be there is lost, not yet to come
		c.offset = limit
	}
	return nil, err
}

// skipPage goes on behind the page that could not be read.
func (c *cursor) skipPage() {
	bad := c.start + int64(len(c.window))
	c.offset = bad + pageSize - bad%pageSize
}
