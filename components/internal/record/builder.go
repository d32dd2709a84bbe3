package record

// Builder makes a record. It is reused through Reset, and not safe for concurrent use.
type Builder struct {
	buf    []byte
	count  uint32
	before before

	source *Reader // what the last sample was taken from, if it was,
	number uint64  // and which of its samples that was
}

// Reset empties the builder and keeps its memory.
func (b *Builder) Reset() {
	b.buf, b.count = append(b.buf[:0], version), 0
	b.before.reset()
	b.source = nil
}

// Bytes is the record; valid until the next call.
func (b *Builder) Bytes() []byte { return b.buf }

// Count returns the number of samples in the record, items of the kind LoneExemplars included.
func (b *Builder) Count() uint32 { return b.count }

// Add appends a sample. What its slices point to is copied.
func (b *Builder) Add(s *Sample) {
	first, last := b.before.share(s.Labels)
	middle := s.Labels[first : len(s.Labels)-last]
	size := uvarintSize(uint64(first)) + uvarintSize(uint64(last)) + bytesSize(middle) //nolint:gosec // not negative
	buf := appendPoint(b.buf, s, s.Timestamp-b.before.timestamp, size)
	buf = appendUvarint(appendUvarint(buf, uint64(first)), uint64(last)) //nolint:gosec // not negative
	b.buf = appendExemplars(appendBytes(buf, middle), s)
	b.before.follow(s.Timestamp, first, last, middle)
	b.source = nil
	b.counts(s.Kind)
}

// counts counts an item that was added, and raises the version of the record to one that has its kind.
func (b *Builder) counts(k Kind) {
	if b.count++; k == LoneExemplars {
		b.buf[0] = exemplarsVersion
	}
}

// AddFrom appends the sample that a reader has read. One that follows there, too, the sample added last from it is told by that
// already: such an item is copied as it stands.
func (b *Builder) AddFrom(r *Reader) {
	if b.source == r && b.number+1 == r.number && !r.whole {
		b.buf = append(b.buf, r.raw()...)
		b.before.timestamp, b.before.labels = r.Sample.Timestamp, b.before.labels[:0] // one told by this one shares nothing with it
		b.counts(r.Sample.Kind)
	} else {
		b.Add(&r.Sample)
	}
	b.source, b.number = r, r.number
}

// AddMetadata appends the metadata of the samples that will follow.
func (b *Builder) AddMetadata(m *Metadata) { b.buf = AppendMetadata(b.buf, m) }

// AddRaw appends metadata that are a whole item already (Item.Raw); nil is none.
func (b *Builder) AddRaw(item []byte) { b.buf = append(b.buf, item...) }
