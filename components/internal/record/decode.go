package record

import "encoding/binary"

// Item is one item. Raw is all of it.
type Item struct{ Raw []byte }

// Kind is what the item holds.
func (i Item) Kind() Kind { return Kind(i.Raw[0] & kindMask) }

// Cursor walks items. The zero value is at the end.
type Cursor struct{ rest []byte }

// Items returns a cursor over items that lie one behind the other, as AppendMetadata appends them.
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

// Functions that read return the place behind what they have read, which is beyond the end of the data if that was not there.
// They take such a place, too.

// uvarint reads an uvarint. It is inlined for what is small.
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

// cutItem finds the body and the end of the item that begins at a place.
func cutItem(data []byte, at int) (body, next int) {
	size, body := uvarint(data, at+1)
	return body, skip(data, body, size)
}

// skip is the place so many bytes further.
func skip(data []byte, at int, size uint64) (next int) {
	if at > len(data) || size > uint64(len(data)-at) { //nolint:gosec // as the condition before says
		return len(data) + 1
	}
	return at + int(size) //nolint:gosec // at most the length of data
}

// cutBytes reads bytes with their length before them.
func cutBytes(data []byte, at int) (value []byte, next int) {
	size, at := uvarint(data, at)
	if next = skip(data, at, size); next > len(data) {
		return nil, next
	}
	return data[at:next:next], next
}

func unzigzag(v uint64) int64 { return int64(v>>1) ^ -int64(v&1) }
