package record

// Builder encodes a record. Reset makes it ready for the next one. It is not safe for concurrent use.
type Builder struct {
	buf      []byte
	count    uint32
	previous previous

	source *Reader // of AddFrom, if that has added the last sample
	number uint64  // of the last sample in source
}

// Reset empties the builder and keeps its memory. It must be called before the first Add.
func (b *Builder) Reset() {
	b.buf, b.count = append(b.buf[:0], version), 0
	b.previous.reset()
	b.source = nil
}

// Bytes returns the record. It is valid until the next call of a method that changes the builder.
func (b *Builder) Bytes() []byte { return b.buf }

// Count returns the number of samples in the record, items of the kind LoneExemplars included.
func (b *Builder) Count() uint32 { return b.count }

// Add appends a sample, whose slices are copied.
func (b *Builder) Add(s *Sample) {
	prefix, suffix := b.previous.share(s.Labels)
	middle := s.Labels[prefix : len(s.Labels)-suffix]
	size := uvarintSize(uint64(prefix)) + uvarintSize(uint64(suffix)) + bytesSize(middle) //nolint:gosec // not negative
	buf := appendPoint(b.buf, s, s.Timestamp-b.previous.timestamp, size)
	buf = appendUvarint(appendUvarint(buf, uint64(prefix)), uint64(suffix)) //nolint:gosec // not negative
	b.buf = appendExemplars(appendBytes(buf, middle), s)
	b.previous.follow(s.Timestamp, prefix, suffix, middle)
	b.source = nil
	b.counts(s.Kind)
}

// counts counts an item that was added, and raises the version of the record to one that has its kind.
func (b *Builder) counts(k Kind) {
	if b.count++; k == LoneExemplars {
		b.buf[0] = exemplarsVersion
	}
}

// AddFrom appends the sample that a reader has read. If it directly follows the sample last added from the same reader, its delta
// is still valid and the encoded item is copied unchanged.
func (b *Builder) AddFrom(r *Reader) {
	if b.source == r && b.number+1 == r.number && !r.whole {
		b.buf = append(b.buf, r.raw()...)
		b.previous.timestamp, b.previous.labels = r.Sample.Timestamp, b.previous.labels[:0] // a sample of Add shares no labels with it
		b.counts(r.Sample.Kind)
	} else {
		b.Add(&r.Sample)
	}
	b.source, b.number = r, r.number
}

// AddMetadata appends the metadata of the samples that will follow.
func (b *Builder) AddMetadata(m *Metadata) { b.buf = AppendMetadata(b.buf, m) }

// AddRaw appends metadata that are an encoded item already (Item.Raw), or nothing when item is nil.
func (b *Builder) AddRaw(item []byte) { b.buf = append(b.buf, item...) }
