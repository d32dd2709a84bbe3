package record

import "encoding/binary"

// Item is one item of a record. Raw is the whole item, and points into the record.
type Item struct {
	Kind Kind
	Hash uint64 // of the labels; 0 for metadata
	Raw  []byte
}

// Cursor walks the items of a record. The zero value is at the end.
type Cursor struct{ rest []byte }

// Parse returns a cursor at the first item of a record.
func Parse(record []byte) (Cursor, error) {
	if len(record) == 0 {
		return Cursor{}, ErrCorrupt
	}
	if record[0] != version {
		return Cursor{}, ErrVersion
	}
	return Cursor{rest: record[1:]}, nil
}

// Items returns a cursor over items that were taken out of records and put one behind the other.
func Items(items []byte) Cursor { return Cursor{rest: items} }

// Next returns the next item; ok is false at the end, or with an error.
func (c *Cursor) Next() (item Item, ok bool, err error) {
	if len(c.rest) == 0 {
		return Item{}, false, nil
	}
	kind := Kind(c.rest[0] & kindMask)
	size, n := binary.Uvarint(c.rest[1:])
	if n <= 0 || size > uint64(len(c.rest)-1-n) { //nolint:gosec // Uvarint read n of the bytes behind the first
		return Item{}, false, ErrCorrupt
	}
	end := 1 + n + int(size) //nolint:gosec // size is at most the length of the rest
	item = Item{Kind: kind, Raw: c.rest[:end:end]}
	if kind == Float || kind == Histogram {
		if size < 8 {
			return Item{}, false, ErrCorrupt
		}
		item.Hash = binary.LittleEndian.Uint64(c.rest[1+n:])
	}
	c.rest = c.rest[end:]
	return item, true, nil
}

// itemBody returns the body of a whole item.
func itemBody(raw []byte) ([]byte, bool) {
	if len(raw) < 2 {
		return nil, false
	}
	size, n := binary.Uvarint(raw[1:])
	if n <= 0 || size != uint64(len(raw)-1-n) { //nolint:gosec // Uvarint read n of the bytes behind the first
		return nil, false
	}
	return raw[1+n:], true
}

// decoder takes fields from the front of rest, and remembers when one was missing.
type decoder struct {
	rest   []byte
	failed bool
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.rest)
	return v * int64(d.take(n))
}

func (d *decoder) uint64() uint64 {
	if len(d.rest) < 8 {
		d.failed = true
		return 0
	}
	v := binary.LittleEndian.Uint64(d.rest)
	d.rest = d.rest[8:]
	return v
}

func (d *decoder) bytes() []byte {
	size, n := binary.Uvarint(d.rest)
	if d.take(n) == 0 || size > uint64(len(d.rest)) {
		d.failed = true
		return nil
	}
	v := d.rest[:size:size]
	d.rest = d.rest[size:]
	return v
}

// take skips n bytes that were read; it is 0, and the decoder has failed, when none were.
func (d *decoder) take(n int) int {
	if n <= 0 {
		d.failed = true
		return 0
	}
	d.rest = d.rest[n:]
	return 1
}

// Split takes the item of a float apart that has neither start nor exemplars, without decoding it: what stands before its labels
// without the hash, and the labels. ok is false for any other item.
func Split(raw []byte) (point, labels []byte, ok bool) {
	if len(raw) < 2 || raw[0] != byte(Float) {
		return nil, nil, false
	}
	body, ok := itemBody(raw)
	if !ok || len(body) < 8 {
		return nil, nil, false
	}
	_, n := binary.Varint(body[8:])
	at := 8 + n + 8
	if n <= 0 || at > len(body) {
		return nil, nil, false
	}
	size, m := binary.Uvarint(body[at:])
	if m <= 0 || size != uint64(len(body)-at-m) { //nolint:gosec // Uvarint read m of the bytes behind at
		return nil, nil, false
	}
	return body[8:at], body[at+m:], true
}
