package record

import "encoding/binary"

// Item is one encoded item.
type Item struct{ Raw []byte }

// Kind returns what the item holds.
func (i Item) Kind() Kind { return Kind(i.Raw[0] & kindMask) }

// Cursor iterates over items. The zero value is at the end.
type Cursor struct{ rest []byte }

// Items returns a cursor over concatenated items, as AppendMetadata appends them.
func Items(items []byte) Cursor { return Cursor{rest: items} }

// Next returns the next item; ok is false at the end, or with an error.
func (c *Cursor) Next() (item Item, ok bool, err error) {
	if len(c.rest) == 0 {
		return Item{}, false, nil
	}
	_, end := cutItem(c.rest, 0)
	if end > len(c.rest) {
		return Item{}, false, ErrCorrupt
	}
	item = Item{c.rest[:end:end]}
	c.rest = c.rest[end:]
	return item, true, nil
}

// The functions below take a place in data and return the place behind what they have read. If data ends before, or is malformed,
// that is beyond its end; such a place may be passed on to the next function.

// uvarint reads a uvarint, with an inlined fast path for values of one byte.
func uvarint(data []byte, at int) (v uint64, next int) {
	if at < len(data) && data[at] < 0x80 {
		return uint64(data[at]), at + 1
	}
	return longUvarint(data, at)
}

func longUvarint(data []byte, at int) (v uint64, next int) {
	if at < len(data) {
		if v, n := binary.Uvarint(data[at:]); n > 0 {
			return v, at + n
		}
	}
	return 0, len(data) + 1
}

// cutItem returns the places of the body and of the end of the item that begins at a place.
func cutItem(data []byte, at int) (body, next int) {
	size, body := uvarint(data, at+1)
	return body, skip(data, body, size)
}

// skip returns the place size bytes further.
func skip(data []byte, at int, size uint64) (next int) {
	if at > len(data) || size > uint64(len(data)-at) { //nolint:gosec // as the condition before says
		return len(data) + 1
	}
	return at + int(size) //nolint:gosec // at most the length of data
}

// cutBytes reads bytes that have a uvarint length in front.
func cutBytes(data []byte, at int) (value []byte, next int) {
	size, at := uvarint(data, at)
	if next = skip(data, at, size); next > len(data) {
		return nil, next
	}
	return data[at:next:next], next
}

func unzigzag(v uint64) int64 { return int64(v>>1) ^ -int64(v&1) }
