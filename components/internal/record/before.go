package record

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// before is what the next sample of a record is told by: the sample before it.
type before struct {
	timestamp   int64
	labels      []byte
	first, last int // what it shared with the sample before it
}

func (b *before) reset() { *b = before{labels: b.labels[:0]} }

// share is how many bytes at the beginning and how many of the others at the end labels have in common with those before. It is
// quickly found where it is what the sample before shared, as in a family whose series differ in one label.
func (b *before) share(labels []byte) (first, last int) {
	most := min(len(b.labels), len(labels))
	first = samePrefix(b.labels[:most], labels[:most], b.first)
	return first, sameSuffix(b.labels[len(b.labels)-most+first:], labels[len(labels)-most+first:], b.last)
}

// read reads what a record has for the labels of a sample, and makes it the one before.
func (b *before) read(timestamp int64, data []byte, at int) (next int) {
	first, at := uvarint(data, at)
	last, at := uvarint(data, at)
	middle, next := cutBytes(data, at)
	if size := uint64(len(b.labels)); first > size || last > size-first {
		return len(data) + 1
	}
	if next <= len(data) {
		b.follow(timestamp, int(first), int(last), middle) //nolint:gosec // at most the length of labels
	}
	return next
}

// follow makes a sample the one before; its labels are made of what it shares, which must be there, and the middle.
func (b *before) follow(timestamp int64, first, last int, middle []byte) {
	b.timestamp, b.first, b.last = timestamp, first, last
	if end := len(b.labels) - last; end-first == len(middle) {
		copy(b.labels[first:end], middle)
	} else {
		b.labels = slices.Replace(b.labels, first, end, middle...)
	}
}

// samePrefix is how many bytes a and b, which are of one length, have in common at the beginning; likely is a guess of it.
func samePrefix(a, b []byte, likely int) (n int) {
	if n = min(likely, len(a)); string(a[:n]) != string(b[:n]) {
		n = 0
	}
	for a, b = a[n:], b[n:]; len(a) >= 8 && len(b) >= 8; a, b, n = a[8:], b[8:], n+8 {
		if x := binary.LittleEndian.Uint64(a) ^ binary.LittleEndian.Uint64(b); x != 0 {
			return n + bits.TrailingZeros64(x)/8
		}
	}
	for i := range a {
		if a[i] != b[i] {
			break
		}
		n++
	}
	return n
}

// sameSuffix is samePrefix from the end.
func sameSuffix(a, b []byte, likely int) (n int) {
	if n = min(likely, len(a)); string(a[len(a)-n:]) != string(b[len(b)-n:]) {
		n = 0
	}
	for a, b = a[:len(a)-n], b[:len(b)-n]; len(a) >= 8 && len(b) >= 8; a, b, n = a[:len(a)-8], b[:len(b)-8], n+8 {
		if x := binary.LittleEndian.Uint64(a[len(a)-8:]) ^ binary.LittleEndian.Uint64(b[len(b)-8:]); x != 0 {
			return n + bits.LeadingZeros64(x)/8
		}
	}
	for i := len(a) - 1; i >= 0 && a[i] == b[i]; i-- {
		n++
	}
	return n
}
