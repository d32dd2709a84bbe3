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
