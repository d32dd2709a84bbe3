package delivery

import (
	"sync"
	"time"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

// batch is a run of samples of one shard: what one request carries, unless an answer makes it be cut.
type batch struct {
	items    []byte   // record items
	offsets  []int    // of each sample in items; metadata that describes it stands before it
	ordinals []uint64 // of each sample
	size     int      // upper bound of the request's bytes
	meta     []byte   // the metadata item last put into items
	begun    time.Time
}

var batches = sync.Pool{New: func() any { return new(batch) }}

// span is a part of a batch: its samples from to before.
type span struct{ from, before int }

func (p span) len() int { return p.before - p.from }

func newBatch(now time.Time) *batch {
	b := batches.Get().(*batch)
	*b = batch{items: b.items[:0], offsets: b.offsets[:0], ordinals: b.ordinals[:0], begun: now}
	return b
}

func (b *batch) free() { batches.Put(b) }

func (b *batch) len() int { return len(b.ordinals) }

func (b *batch) all() span { return span{0, b.len()} }

// add copies a sample into the batch, behind its metadata when that is wanted and not the same as the sample before's.
func (b *batch) add(item record.Item, ordinal uint64, size int, meta []byte) {
	b.offsets = append(b.offsets, len(b.items))
	b.ordinals = append(b.ordinals, ordinal)
	b.size += size
	if meta != nil && string(meta) != string(b.meta) {
		from := len(b.items)
		b.items = append(b.items, meta...)
		b.meta = b.items[from:len(b.items):len(b.items)]
		b.size += len(meta)
	}
	b.items = append(b.items, item.Raw...)
}

// bytes are the items of a part.
func (b *batch) bytes(p span) []byte {
	if p.before == b.len() {
		return b.items[b.offsets[p.from]:]
	}
	return b.items[b.offsets[p.from]:b.offsets[p.before]]
}

// end is the ordinal behind the last sample of a part.
func (b *batch) end(p span) uint64 { return b.ordinals[p.before-1] + 1 }
