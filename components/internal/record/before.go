package record

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// before is what the next sample of a record is told by: the sample before it.
type before struct {
	timestamp int64
	labels    []byte
}

func (b *before) reset() { b.timestamp, b.labels = 0, b.labels[:0] }

// share is how many bytes at the beginning and how many of the others at the end labels have in common with those before.
func (b *before) share(labels []byte) (first, last int) {
	most := min(len(b.labels), len(labels))
	first = samePrefix(b.labels[:most], labels[:most])
	return first, sameSuffix(b.labels[len(b.labels)-most+first:], labels[len(labels)-most+first:])
}

// read takes what a record has for the labels of a sample from the front of rest, and makes it the one before.
func (b *before) read(timestamp int64, rest []byte) ([]byte, bool) {
	first, rest, ok := cutUvarint(rest)
	if !ok {
		return nil, false
	}
	last, rest, ok := cutUvarint(rest)
	if !ok {
		return nil, false
	}
	middle, rest, ok := cutBytes(rest)
	if size := uint64(len(b.labels)); !ok || first > size || last > size-first {
		return nil, false
	}
	b.follow(timestamp, int(first), int(last), middle) //nolint:gosec // at most the length of labels
	return rest, true
}

// follow makes a sample the one before; its labels are made of what it shares, which must be there, and the middle.
func (b *before) follow(timestamp int64, first, last int, middle []byte) {
	b.timestamp = timestamp
	if end := len(b.labels) - last; end-first == len(middle) {
		copy(b.labels[first:end], middle)
	} else {
		b.labels = slices.Replace(b.labels, first, end, middle...)
	}
}

// samePrefix is how many bytes a and b, which are of one length, have in common at the beginning.
func samePrefix(a, b []byte) (n int) {
	b = b[:len(a)]
	for ; n+8 <= len(a); n += 8 {
		if x := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:]); x != 0 {
			return n + bits.TrailingZeros64(x)/8
		}
	}
	for n < len(a) && a[n] == b[n] {
		n++
	}
	return n
}

// sameSuffix is samePrefix from the end.
func sameSuffix(a, b []byte) (n int) {
	b = b[:len(a)]
	for ; n+8 <= len(a); n += 8 {
		at := len(a) - n - 8
		if x := binary.LittleEndian.Uint64(a[at:]) ^ binary.LittleEndian.Uint64(b[at:]); x != 0 {
			return n + bits.LeadingZeros64(x)/8
		}
	}
	for n < len(a) && a[len(a)-1-n] == b[len(a)-1-n] {
		n++
	}
	return n
}
