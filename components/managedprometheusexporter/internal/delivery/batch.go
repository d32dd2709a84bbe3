package delivery

import (
	"sync"
	"time"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

// batch is a run of samples of one shard: what one request carries, unless an answer makes it be cut.
type batch struct {
	items  []byte  // record items
	places []place // of each sample
	size   int     // upper bound of the request's bytes
	meta   []byte  // the metadata item last put into items,
	metaAt uint32  // where it begins there
	begun  time.Time
}

// place is where a sample of a batch is. What a batch may hold is far below 4 GiB.
type place struct {
	ordinal uint64
	at      uint32 // where in items it begins, with the metadata item before it, if it brought one
	meta    uint32 // where the metadata item begins that describes it; not before at: none that came earlier does
}

var batches = sync.Pool{New: func() any { return new(batch) }}

// span is a part of a batch: its samples from to before.
type span struct{ from, before int }

func (p span) len() int { return p.before - p.from }

func newBatch(now time.Time) *batch {
	b := batches.Get().(*batch)
	*b = batch{items: b.items[:0], places: b.places[:0], begun: now}
	return b
}

func (b *batch) free() { batches.Put(b) }

func (b *batch) len() int { return len(b.places) }

func (b *batch) all() span { return span{0, b.len()} }

// undescribed is the metadata item that describes nothing.
var undescribed = record.AppendMetadata(nil, &record.Metadata{})

// add copies a sample into the batch, behind its metadata when that is wanted and not the same as the sample before's.
func (b *batch) add(sample *record.Sample, ordinal uint64, size int, meta []byte) {
	at := uint32(len(b.items)) //nolint:gosec // see place
	if meta == nil && b.meta != nil {
		meta = undescribed
	}
	described := at
	if meta != nil {
		if string(meta) != string(b.meta) {
			b.describe(meta)
		}
		described = b.metaAt
	}
	b.places = append(b.places, place{ordinal: ordinal, at: at, meta: described})
	b.size += size
	b.items = record.AppendSample(b.items, sample)
}

// describe puts the metadata item of the samples that follow into the batch. A malformed one costs a description, not samples.
func (b *batch) describe(meta []byte) {
	if _, err := record.ViewMetadata(meta); err != nil {
		meta = undescribed
	}
	at := len(b.items)
	b.items = append(b.items, meta...)
	b.meta, b.metaAt = b.items[at:len(b.items):len(b.items)], uint32(at) //nolint:gosec // see place
	b.size += len(meta)
}

// bytes are the items of a part.
func (b *batch) bytes(p span) []byte {
	if p.before == b.len() {
		return b.items[b.places[p.from].at:]
	}
	return b.items[b.places[p.from].at:b.places[p.before].at]
}

// describing is the metadata item in force at the beginning of a part, with more behind it; empty when the part has its own.
func (b *batch) describing(p span) []byte {
	first := b.places[p.from]
	return b.items[first.meta:first.at]
}

// end is the ordinal behind the last sample of a part.
func (b *batch) end(p span) uint64 { return b.places[p.before-1].ordinal + 1 }
