package encode

import (
	"strings"
	"unicode/utf8"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/internal/wal"
)

// records are being written, one after the other: a full one is followed by a new one.
type records struct {
	limit    int // size from which a record is full
	builders []*record.Builder
	open     int // index of the builder in use

	metadata record.Metadata
	raw      []byte // metadata as a whole item; nil: those above
	pending  bool   // the metadata are not in the open record yet
}

func (r *records) reset(limit int) {
	r.limit, r.open, r.pending, r.raw = limit, 0, false, nil
	if len(r.builders) == 0 {
		r.builders = append(r.builders, &record.Builder{})
	}
	r.builders[0].Reset()
}

// describe begins a family: its metadata go in front of its first sample in every record.
func (r *records) describe(m record.Metadata) {
	m.Help, m.Unit = valid(m.Help), valid(m.Unit)
	r.metadata, r.raw, r.pending = m, nil, true
}

// describeRaw is describe for metadata that come encoded, which must stay as they are until the records are done.
func (r *records) describeRaw(item []byte) { r.raw, r.pending = item, true }

// valid is a text for people, made valid UTF-8.
func valid(text string) string {
	if utf8.ValidString(text) { // much faster than the other
		return text
	}
	return strings.ToValidUTF8(text, "�")
}

// add appends a sample.
func (r *records) add(s *record.Sample) { r.next().Add(s) }

// addFrom appends the sample that a reader has read.
func (r *records) addFrom(items *record.Reader) { r.next().AddFrom(items) }

// next is the record that the next sample goes to; the sample's metadata are in it.
func (r *records) next() *record.Builder {
	b := r.builders[r.open]
	if len(b.Bytes()) >= r.limit && b.Count() > 0 {
		b = r.begin()
	}
	if r.pending {
		if r.raw != nil {
			b.AddRaw(r.raw)
		} else {
			b.AddMetadata(&r.metadata)
		}
		r.pending = false
	}
	return b
}

// begin opens the next record.
func (r *records) begin() *record.Builder {
	if r.open++; r.open == len(r.builders) {
		r.builders = append(r.builders, &record.Builder{})
	}
	b := r.builders[r.open]
	b.Reset()
	r.pending = true
	return b
}

// payloads appends the records that have samples.
func (r *records) payloads(dst []wal.Payload) []wal.Payload {
	for _, b := range r.builders[:r.open+1] {
		if b.Count() > 0 {
			dst = append(dst, wal.Payload{Data: b.Bytes(), Count: b.Count()})
		}
	}
	return dst
}
