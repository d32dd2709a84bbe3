package write

import "encoding/binary"

func validLabels(labels []byte) bool {
	for len(labels) > 0 {
		size := shortLabel(labels)
		if size == 0 {
			_, _, rest, ok := nextLabel(labels)
			if !ok {
				return false
			}
			size = len(labels) - len(rest)
		}
		labels = labels[size:]
	}
	return true
}

// shortLabel is the size of the label that fields begin with, when it is valid and all its lengths are below 128, as nearly
// all are; otherwise 0.
func shortLabel(fields []byte) int {
	if len(fields) < 6 || fields[0] != tagLabels || fields[1] >= 0x80 || fields[2] != tagName {
		return 0
	}
	end, value := 2+int(fields[1]), 4+int(fields[3])
	if end > len(fields) || value+2 > end || fields[value] != tagText || value+2+int(fields[value+1]) != end {
		return 0
	}
	return end
}

func countExemplars(exemplars []byte) (count int, ok bool) {
	for len(exemplars) > 0 {
		one, rest, ok := take(exemplars, tagExemplarsV1)
		if !ok {
			return 0, false
		}
		for len(one) > 0 && one[0] == tagLabels {
			if _, _, one, ok = nextLabel(one); !ok {
				return 0, false
			}
		}
		if !validNumbers(one) {
			return 0, false
		}
		count++
		exemplars = rest
	}
	return count, true
}

// validNumbers tells whether fields are an exemplar's value and timestamp; both are optional.
func validNumbers(fields []byte) bool {
	const (
		tagValue     = 2<<3 | fixed64
		tagTimestamp = 3<<3 | varint
	)
	if len(fields) >= 9 && fields[0] == tagValue {
		fields = fields[9:]
	}
	if len(fields) > 0 && fields[0] == tagTimestamp {
		_, n := binary.Uvarint(fields[1:])
		return n > 0 && n == len(fields)-1
	}
	return len(fields) == 0
}

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

// validHistogram tells whether b is the fields of a Histogram message that every decoder takes.
func validHistogram(b []byte) bool {
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
	case wire == varint && (want == integer || want == integers):
		_, n := binary.Uvarint(b)
		return n, n > 0
	case wire == fixed64 && (want == double || want == doubles):
		return 8, len(b) >= 8
	case wire != lengthDelimited || want < integers:
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
			if b[0] != 1<<3|varint && b[0] != 2<<3|varint {
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
