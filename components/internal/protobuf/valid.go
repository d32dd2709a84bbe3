package protobuf

import "encoding/binary"

// shape is what a field of a Histogram holds.
type shape byte

const (
	integer shape = iota + 1
	double
	integers
	doubles
	span
)

// histogramFields are the shapes of the fields that 1.0 and 2.0 share, by number.
var histogramFields = [...]shape{
	1: integer, 2: double, 3: double, 4: integer, 5: double, 6: integer, 7: double, 8: span, 9: integers, 10: doubles,
	11: span, 12: integers, 13: doubles, 14: integer, 15: integer, 16: doubles,
}

// ValidHistogram tells whether b is the fields of a Histogram message that every decoder takes.
func ValidHistogram(b []byte) bool {
	for len(b) > 0 {
		key, n := binary.Uvarint(b)
		if n <= 0 || key>>3 >= uint64(len(histogramFields)) {
			return false
		}
		size, ok := fieldValue(histogramFields[key>>3], key&7, b[n:])
		if !ok {
			return false
		}
		b = b[n+size:]
	}
	return true
}

// fieldValue is the size of a field's value, if it has the shape. Repeated numbers come packed or one by one.
func fieldValue(want shape, wire uint64, b []byte) (size int, ok bool) {
	switch {
	case wire == wireVarint && (want == integer || want == integers):
		_, n := binary.Uvarint(b)
		return n, n > 0
	case wire == wire64 && (want == double || want == doubles):
		return 8, len(b) >= 8
	case wire != wireBytes || want < integers:
		return 0, false
	}
	length, n := binary.Uvarint(b)
	if n <= 0 || length > uint64(len(b)-n) { //nolint:gosec // not negative
		return 0, false
	}
	end := n + int(length) //nolint:gosec // at most the length of b
	return end, validPacked(want, b[n:end])
}

func validPacked(want shape, b []byte) bool {
	if want == doubles {
		return len(b)%8 == 0
	}
	for len(b) > 0 {
		if want == span {
			if b[0] != 1<<3|wireVarint && b[0] != 2<<3|wireVarint {
				return false
			}
			b = b[1:]
		}
		_, n := binary.Uvarint(b)
		if n <= 0 {
			return false
		}
		b = b[n:]
	}
	return true
}
