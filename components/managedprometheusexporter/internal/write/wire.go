package write

import (
	"encoding/binary"
	"math/bits"
)

// Wire types of protobuf.
const (
	varint          = 0
	fixed64         = 1
	lengthDelimited = 2
)

// Tags that both protocols, or the messages in a record, have in common.
const (
	tagLabels    = 1<<3 | lengthDelimited // of a 1.0 TimeSeries or Exemplar
	tagName      = 1<<3 | lengthDelimited // of a 1.0 Label
	tagText      = 2<<3 | lengthDelimited // its value
	tagSamples   = 2<<3 | lengthDelimited // of a TimeSeries
	tagValue     = 1<<3 | fixed64         // of a Sample
	tagTimestamp = 2<<3 | varint
	tagStart     = 3<<3 | varint
)

// take takes the length-delimited field that b begins with, if it has the tag.
func take(b []byte, tag byte) (value, rest []byte, ok bool) {
	if len(b) < 2 || b[0] != tag {
		return nil, nil, false
	}
	size, n := uint64(b[1]), 1
	if size >= 0x80 {
		size, n = binary.Uvarint(b[1:])
	}
	if n <= 0 || size > uint64(len(b)-1-n) { //nolint:gosec // not negative
		return nil, nil, false
	}
	end := 1 + n + int(size) //nolint:gosec // size is at most the length of b
	return b[1+n : end], b[end:], true
}

// nextLabel takes the label that fields begin with. An empty value may have been left out, as protobuf does.
func nextLabel(fields []byte) (name, value, rest []byte, ok bool) {
	label, rest, ok := take(fields, tagLabels)
	if !ok {
		return nil, nil, nil, false
	}
	name, label, ok = take(label, tagName)
	if !ok || len(label) == 0 {
		return name, nil, rest, ok
	}
	value, label, ok = take(label, tagText)
	return name, value, rest, ok && len(label) == 0
}

// appendField appends a length-delimited field.
func appendField(dst []byte, tag byte, value []byte) []byte {
	return append(appendLength(dst, tag, len(value)), value...)
}

// appendLength appends what precedes the value of a length-delimited field.
func appendLength(dst []byte, tag byte, size int) []byte {
	if size < 0x80 {
		return append(dst, tag, byte(size)) //nolint:gosec // as the condition says
	}
	return binary.AppendUvarint(append(dst, tag), uint64(size))
}

func appendUvarint(dst []byte, v uint32) []byte {
	if v < 0x80 {
		return append(dst, byte(v))
	}
	return binary.AppendUvarint(dst, uint64(v))
}

func appendInt64(dst []byte, v int64) []byte {
	return binary.AppendUvarint(dst, uint64(v)) //nolint:gosec // protobuf's two's complement
}

// fieldSize is the size of a length-delimited field with a one-byte tag.
func fieldSize(size int) int { return 1 + int64Size(int64(size)) + size }

func int64Size(v int64) int {
	return (bits.Len64(uint64(v)|1) + 6) / 7 //nolint:gosec // protobuf's two's complement
}
