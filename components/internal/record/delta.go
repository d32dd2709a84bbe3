package record

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// previous is the sample that the next one of a record is delta-encoded against.
type previous struct {
	timestamp      int64
	labels         []byte
	prefix, suffix int // lengths that it shared with the sample before it
}

func (p *previous) reset() { *p = previous{labels: p.labels[:0]} }

// share returns the lengths of the prefix and of the suffix that labels share with the previous ones; they do not overlap. The
// lengths that the previous sample shared are tried first, which is fast in a family whose series differ in one label.
func (p *previous) share(labels []byte) (prefix, suffix int) {
	most := min(len(p.labels), len(labels))
	prefix = samePrefix(p.labels[:most], labels[:most], p.prefix)
	return prefix, sameSuffix(p.labels[len(p.labels)-most+prefix:], labels[len(labels)-most+prefix:], p.suffix)
}

// read reads the delta-encoded labels at a place in data, and makes their sample the previous one. It returns the place behind
// them, which is beyond the end of data if they are cut off or malformed.
func (p *previous) read(timestamp int64, data []byte, at int) (next int) {
	prefix, at := uvarint(data, at)
	suffix, at := uvarint(data, at)
	middle, next := cutBytes(data, at)
	if size := uint64(len(p.labels)); prefix > size || suffix > size-prefix {
		return len(data) + 1
	}
	if next <= len(data) {
		p.follow(timestamp, int(prefix), int(suffix), middle) //nolint:gosec // at most the length of labels
	}
	return next
}

// follow makes a sample the previous one. prefix and suffix are the lengths that its labels share with the labels of the sample
// before it, and must not be longer than these together; middle is what it has in between.
func (p *previous) follow(timestamp int64, prefix, suffix int, middle []byte) {
	p.timestamp, p.prefix, p.suffix = timestamp, prefix, suffix
	if end := len(p.labels) - suffix; end-prefix == len(middle) {
		copy(p.labels[prefix:end], middle)
	} else {
		p.labels = slices.Replace(p.labels, prefix, end, middle...)
	}
}

// samePrefix returns the length of the longest common prefix of a and b, which have the same length; likely is a guess of it.
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

// sameSuffix returns the length of the longest common suffix of a and b, in the way of samePrefix.
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
