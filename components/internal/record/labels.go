package record

import (
	"encoding/binary"

	"github.com/cespare/xxhash/v2"
)

// Tags of remote write 1.0: TimeSeries.labels, Label.name and Label.value are all length-delimited.
const (
	tagLabels = 1<<3 | 2
	tagName   = 1<<3 | 2
	tagValue  = 2<<3 | 2
)

// AppendLabel appends one label to the labels of a sample. The caller appends them sorted by name, each name once, and none
// with an empty value.
func AppendLabel(dst []byte, name, value string) []byte {
	if size := len(name) + len(value) + 4; size < 0x80 { // all lengths are one byte, as nearly always
		dst = append(dst, tagLabels, byte(size), tagName, byte(len(name))) //nolint:gosec // below 0x80
		dst = append(dst, name...)
		dst = append(dst, tagValue, byte(len(value))) //nolint:gosec // below 0x80
		return append(dst, value...)
	}
	size := 2 + uvarintSize(uint64(len(name))) + len(name) + uvarintSize(uint64(len(value))) + len(value)
	dst = append(dst, tagLabels)
	dst = binary.AppendUvarint(dst, uint64(size)) //nolint:gosec // a size is not negative
	dst = AppendName(dst, name)
	dst = append(dst, tagValue)
	dst = binary.AppendUvarint(dst, uint64(len(value)))
	return append(dst, value...)
}

// AppendName appends an encoded label name, as AppendNamed takes it. It saves work where a name has many values.
func AppendName(dst []byte, name string) []byte {
	dst = append(dst, tagName)
	dst = binary.AppendUvarint(dst, uint64(len(name)))
	return append(dst, name...)
}

// AppendNamed is AppendLabel for a name that AppendName has encoded.
func AppendNamed(dst, name []byte, value string) []byte {
	if size := len(name) + 2 + len(value); size < 0x80 {
		dst = append(dst, tagLabels, byte(size))
		dst = append(dst, name...)
		dst = append(dst, tagValue, byte(len(value))) //nolint:gosec // below 0x80
		return append(dst, value...)
	}
	size := len(name) + 1 + uvarintSize(uint64(len(value))) + len(value)
	dst = append(dst, tagLabels)
	dst = binary.AppendUvarint(dst, uint64(size)) //nolint:gosec // a size is not negative
	dst = append(dst, name...)
	dst = append(dst, tagValue)
	dst = binary.AppendUvarint(dst, uint64(len(value)))
	return append(dst, value...)
}

// NamedSize returns how many bytes AppendNamed appends.
func NamedSize(name []byte, value string) int {
	size := len(name) + 1 + uvarintSize(uint64(len(value))) + len(value)
	return 1 + uvarintSize(uint64(size)) + size //nolint:gosec // a size is not negative
}

// HashLabels returns a hash of encoded labels, which identifies a series, since labels are sorted.
func HashLabels(labels []byte) uint64 { return xxhash.Sum64(labels) }

// FirstName returns the name of the first of encoded labels, and the size of the encoded label. size is 0 at the end, or where
// labels were not written by AppendLabel.
func FirstName(labels []byte) (name []byte, size int) {
	if len(labels) >= 6 && labels[1] < 0x80 && labels[3] < 0x80 { // all lengths are one byte, as nearly always
		end, value := 2+int(labels[1]), 4+int(labels[3])
		if labels[0] == tagLabels && labels[2] == tagName && value < end && end <= len(labels) {
			return labels[4:value], end
		}
		return nil, 0
	}
	walk := LabelsOf(labels)
	name, _, ok := walk.Next()
	if !ok {
		return nil, 0
	}
	return name, len(labels) - len(walk.rest)
}

// Labels iterates over the labels of a sample.
type Labels struct{ rest []byte }

// LabelsOf returns an iterator over Sample.Labels.
func LabelsOf(labels []byte) Labels { return Labels{rest: labels} }

// Next returns the next label. ok is false at the end, or where labels were not written by AppendLabel.
func (l *Labels) Next() (name, value []byte, ok bool) {
	label, rest, ok := cutField(l.rest, tagLabels)
	if !ok {
		return nil, nil, false
	}
	if name, label, ok = cutField(label, tagName); !ok {
		return nil, nil, false
	}
	if value, _, ok = cutField(label, tagValue); !ok {
		return nil, nil, false
	}
	l.rest = rest
	return name, value, true
}

// cutField takes a length-delimited field from the front of b, if it has the tag.
func cutField(b []byte, tag byte) (value, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != tag {
		return nil, nil, false
	}
	value, next := cutBytes(b, 1)
	if next > len(b) {
		return nil, nil, false
	}
	return value, b[next:], true
}
