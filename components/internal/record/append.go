package record

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

// appendPoint appends the item of a sample up to its labels. timestamp is its encoded form, labels the size of the encoded labels.
func appendPoint(dst []byte, s *Sample, timestamp int64, labels int) []byte {
	at := zigzag(timestamp)
	kind, size := byte(s.Kind), uvarintSize(at)+labels
	if s.Start != 0 {
		kind |= flagStart
		size += uvarintSize(zigzag(s.Start))
	}
	switch s.Kind {
	case Float:
		size += 8
	case Histogram:
		size += bytesSize(s.Histogram)
	}
	if len(s.Exemplars) > 0 {
		kind |= flagExemplars
		size += bytesSize(s.Exemplars)
	}
	dst = slices.Grow(dst, 1+binary.MaxVarintLen64+size) // for the whole item
	dst = appendUvarint(append(dst, kind), uint64(size)) //nolint:gosec // a size is not negative
	dst = appendUvarint(dst, at)
	if s.Start != 0 {
		dst = appendUvarint(dst, zigzag(s.Start))
	}
	switch s.Kind {
	case Float:
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(s.Value))
	case Histogram:
		return appendBytes(dst, s.Histogram)
	}
	return dst
}

func appendExemplars(dst []byte, s *Sample) []byte {
	if len(s.Exemplars) == 0 {
		return dst
	}
	return appendBytes(dst, s.Exemplars)
}

// AppendMetadata appends metadata as an item.
func AppendMetadata(dst []byte, m *Metadata) []byte {
	texts, size := [...]string{m.Family, m.Help, m.Unit}, 1
	for _, text := range texts {
		size += uvarintSize(uint64(len(text))) + len(text)
	}
	dst = appendUvarint(append(dst, byte(Meta)), uint64(size))
	dst = append(dst, byte(m.Type))
	for _, text := range texts {
		dst = append(appendUvarint(dst, uint64(len(text))), text...)
	}
	return dst
}

func appendBytes(dst, value []byte) []byte {
	return append(appendUvarint(dst, uint64(len(value))), value...)
}

// appendUvarint is binary.AppendUvarint with an inlined fast path for values of one byte.
func appendUvarint(dst []byte, v uint64) []byte {
	if v < 0x80 {
		return append(dst, byte(v))
	}
	return binary.AppendUvarint(dst, v)
}

func zigzag(v int64) uint64 { return uint64(v<<1) ^ uint64(v>>63) } //nolint:gosec // bits

func uvarintSize(v uint64) int { return (bits.Len64(v|1) + 6) / 7 }

func bytesSize(b []byte) int { return uvarintSize(uint64(len(b))) + len(b) }
