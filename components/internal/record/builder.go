package record

import (
	"encoding/binary"
	"math"
	"slices"
)

// Builder makes a record. It is reused through Reset, and not safe for concurrent use.
type Builder struct {
	buf   []byte
	body  []byte // the metadata being made
	count uint32
}

// Reset empties the builder and keeps its memory.
func (b *Builder) Reset() { b.buf, b.count = append(b.buf[:0], version), 0 }

// Bytes is the record; valid until the next call.
func (b *Builder) Bytes() []byte { return b.buf }

// Count is the number of samples in the record.
func (b *Builder) Count() uint32 { return b.count }

// Add appends a sample. What its slices point to is copied.
func (b *Builder) Add(s *Sample) {
	kind := byte(s.Kind)
	if s.Start != 0 {
		kind |= flagStart
	}
	if len(s.Exemplars) > 0 {
		kind |= flagExemplars
	}
	size := sampleSize(s)
	buf := slices.Grow(b.buf, 1+binary.MaxVarintLen64+size)
	buf = append(buf, kind)
	buf = binary.AppendUvarint(buf, uint64(size)) //nolint:gosec // a size is not negative
	buf = binary.LittleEndian.AppendUint64(buf, s.Hash)
	buf = binary.AppendVarint(buf, s.Timestamp)
	if s.Start != 0 {
		buf = binary.AppendVarint(buf, s.Start)
	}
	if s.Kind == Histogram {
		buf = appendBytes(buf, s.Histogram)
	} else {
		buf = binary.LittleEndian.AppendUint64(buf, math.Float64bits(s.Value))
	}
	buf = appendBytes(buf, s.Labels)
	if len(s.Exemplars) > 0 {
		buf = appendBytes(buf, s.Exemplars)
	}
	b.buf = buf
	b.count++
}

// AddSplit appends the item of a float as Split took it apart, with other labels and their hash.
func (b *Builder) AddSplit(hash uint64, point, labels []byte) {
	size := 8 + len(point) + bytesSize(labels)
	buf := slices.Grow(b.buf, 1+binary.MaxVarintLen64+size)
	buf = append(buf, byte(Float))
	buf = binary.AppendUvarint(buf, uint64(size)) //nolint:gosec // a size is not negative
	buf = binary.LittleEndian.AppendUint64(buf, hash)
	buf = append(buf, point...)
	b.buf = appendBytes(buf, labels)
	b.count++
}

// sampleSize is the length of a sample's body, known beforehand so that it is written only once.
func sampleSize(s *Sample) int {
	size := 8 + varintSize(s.Timestamp) + bytesSize(s.Labels)
	if s.Start != 0 {
		size += varintSize(s.Start)
	}
	if s.Kind == Histogram {
		size += bytesSize(s.Histogram)
	} else {
		size += 8
	}
	if len(s.Exemplars) > 0 {
		size += bytesSize(s.Exemplars)
	}
	return size
}

func varintSize(v int64) int { return uvarintSize(uint64(v<<1) ^ uint64(v>>63)) } //nolint:gosec // zigzag, bits

func bytesSize(b []byte) int { return uvarintSize(uint64(len(b))) + len(b) }

// AddMetadata appends the metadata of the samples that will follow.
func (b *Builder) AddMetadata(m *Metadata) {
	b.body = append(b.body[:0], byte(m.Type))
	body := b.body
	for _, text := range [...]string{m.Family, m.Help, m.Unit} {
		body = binary.AppendUvarint(body, uint64(len(text)))
		body = append(body, text...)
	}
	b.body = body
	b.buf = appendBytes(append(b.buf, byte(Meta)), body)
}

// AddRaw appends metadata that are a whole item already (Item.Raw); nil is none.
func (b *Builder) AddRaw(item []byte) { b.buf = append(b.buf, item...) }

func appendBytes(dst, value []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(value)))
	return append(dst, value...)
}
