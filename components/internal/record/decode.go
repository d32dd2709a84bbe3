package record

import (
	"encoding/binary"
	"math"
)

// Item is one item. Raw is all of it. It is small enough for the registers that results are returned in.
type Item struct {
	Raw  []byte
	body int // where its body begins
}

// Kind is what the item holds.
func (i Item) Kind() Kind { return Kind(i.Raw[0] & kindMask) }

// Cursor walks items. The zero value is at the end.
type Cursor struct{ rest []byte }

// Items returns a cursor over items that lie one behind the other, as a record has them, and AppendMetadata appends them.
func Items(items []byte) Cursor { return Cursor{rest: items} }

// Next returns the next item; ok is false at the end, or with an error.
func (c *Cursor) Next() (item Item, ok bool, err error) {
	rest := c.rest
	if len(rest) == 0 {
		return Item{}, false, nil
	}
	size, body, ok := cutUvarint(rest[1:])
	if !ok || size > uint64(len(body)) {
		return Item{}, false, ErrCorrupt
	}
	head := len(rest) - len(body)
	end := head + int(size) //nolint:gosec // size is at most the length of the rest
	c.rest = rest[end:]
	return Item{rest[:end:end], head}, true, nil
}

// read reads a sample item, which tells its timestamp and labels by the sample before it, unless there is none given.
func (i Item) read(s *Sample, b *before) bool {
	kind, rest := i.Raw[0], i.Raw[i.body:]
	s.Kind, s.Value, s.Start, s.Histogram, s.Exemplars = Kind(kind&kindMask), 0, 0, nil, nil
	timestamp, rest, ok := cutVarint(rest)
	if ok && kind&flagStart != 0 {
		s.Start, rest, ok = cutVarint(rest)
	}
	switch {
	case !ok:
		return false
	case s.Kind == Histogram:
		s.Histogram, rest, ok = cutBytes(rest)
	case s.Kind == Float && len(rest) >= 8:
		s.Value, rest = math.Float64frombits(binary.LittleEndian.Uint64(rest)), rest[8:]
	default:
		return false
	}
	if ok && b == nil {
		s.Timestamp = timestamp
		s.Labels, rest, ok = cutBytes(rest)
	} else if ok {
		s.Timestamp = b.timestamp + timestamp
		rest, ok = b.read(s.Timestamp, rest)
		s.Labels = b.labels
	}
	if ok && kind&flagExemplars != 0 {
		s.Exemplars, rest, ok = cutBytes(rest)
	}
	return ok && len(rest) == 0
}

// cutUvarint takes an uvarint from the front of b.
func cutUvarint(b []byte) (v uint64, rest []byte, ok bool) {
	if len(b) > 0 && b[0] < 0x80 {
		return uint64(b[0]), b[1:], true
	}
	v, n := binary.Uvarint(b)
	if n <= 0 {
		return 0, nil, false
	}
	return v, b[n:], true
}

// cutVarint takes a zigzag varint from the front of b.
func cutVarint(b []byte) (v int64, rest []byte, ok bool) {
	u, rest, ok := cutUvarint(b)
	return int64(u>>1) ^ -int64(u&1), rest, ok
}

// cutBytes takes bytes with their length before them from the front of b.
func cutBytes(b []byte) (value, rest []byte, ok bool) {
	size, b, ok := cutUvarint(b)
	if !ok || size > uint64(len(b)) {
		return nil, nil, false
	}
	return b[:size:size], b[size:], true
}
