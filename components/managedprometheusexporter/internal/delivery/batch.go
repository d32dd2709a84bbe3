package delivery

import (
	"sync"
	"time"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/internal/wal"
)

// batch is a run of samples of one shard: what one request carries, unless an answer makes it be cut.
type batch struct {
	record record.Builder
	places []place // of each sample
	lone   int     // places of lone exemplars
	size   int     // upper bound of the request's bytes
	meta   []byte  // the metadata item last put into the record
	out    []bool  // of each sample: it is no longer part of the batch; nil when all are
	begun  time.Time
}

// place is where a sample of a batch comes from, and when.
type place struct {
	ordinal   uint64
	timestamp int64
	lone      bool // it is lone exemplars
}

var batches = sync.Pool{New: func() any { return new(batch) }}

// span is a part of a batch: its samples from to before.
type span struct{ from, before int }

func (p span) len() int { return p.before - p.from }

func newBatch(now time.Time) *batch {
	b := batches.Get().(*batch)
	b.record.Reset()
	b.places, b.lone, b.size, b.meta, b.out, b.begun = b.places[:0], 0, 0, b.meta[:0], nil, now
	return b
}

func (b *batch) free() { batches.Put(b) }

func (b *batch) len() int { return len(b.places) }

func (b *batch) all() span { return span{0, b.len()} }

// undescribed is the metadata item that describes nothing.
var undescribed = record.AppendMetadata(nil, &record.Metadata{})

// add adds the sample that was read, behind its metadata when these are wanted and not the same as the sample before's.
func (b *batch) add(items *record.Reader, ordinal uint64, size int, meta []byte) {
	if meta == nil && len(b.meta) > 0 {
		meta = undescribed
	}
	if string(meta) != string(b.meta) {
		b.describe(meta)
	}
	lone := items.Sample.Kind == record.LoneExemplars
	if lone {
		b.lone++
	}
	b.places = append(b.places, place{ordinal, items.Sample.Timestamp, lone})
	b.size += size
	b.record.AddFrom(items)
}

// describe puts the metadata item of the samples that follow into the batch. A malformed one costs a description, not samples.
func (b *batch) describe(meta []byte) {
	b.meta = append(b.meta[:0], meta...)
	if _, err := record.ViewMetadata(meta); err != nil {
		meta = undescribed
	}
	b.record.AddRaw(meta)
	b.size += len(meta)
}

// takeOut takes a sample out of the batch: what becomes of it is decided apart from the part it is in.
func (b *batch) takeOut(n int) {
	if b.out == nil {
		b.out = make([]bool, b.len())
	}
	b.out[n] = true
}

// isOut reports whether a sample was taken out.
func (b *batch) isOut(n int) bool { return b.out != nil && b.out[n] }

// left is how many samples of a part were not taken out.
func (b *batch) left(p span) int {
	n := p.len()
	if b.out != nil {
		for _, out := range b.out[p.from:p.before] {
			if out {
				n--
			}
		}
	}
	return n
}

// firsts returns the first sample of each series from a sample on, of those that were not taken out: each of them may be sent
// before all others. Lone exemplars are no samples.
func (b *batch) firsts(from int) (firsts []int) {
	seen := make(map[uint64]struct{}, b.len()-from)
	b.eachHash(func(n int, hash uint64) {
		if _, known := seen[hash]; n >= from && !b.isOut(n) && !known && !b.places[n].lone {
			seen[hash] = struct{}{}
			firsts = append(firsts, n)
		}
	})
	return firsts
}

// eachHash visits all samples with the hash of their series, until one that cannot be read.
func (b *batch) eachHash(visit func(n int, hash uint64)) {
	var items record.Reader
	all := wal.Frame{Count: uint32(b.len()), Payload: b.record.Bytes()} //nolint:gosec // a batch is of thousands
	eachSample(&items, all, func(n uint64, _ []byte) bool {
		visit(int(n), record.HashLabels(items.Sample.Labels)) //nolint:gosec // below len
		return true
	})
}

// end is the ordinal behind the last sample of a part.
func (b *batch) end(p span) uint64 { return b.places[p.before-1].ordinal + 1 }

// sample reads one again, with labels of its own. ok is false when it cannot be read.
func (b *batch) sample(n int) (sample record.Sample, ok bool) {
	var items record.Reader
	_ = items.Reset(b.record.Bytes())
	for n >= 0 {
		metadata, more, err := items.Next()
		if err != nil || !more {
			return sample, false
		}
		if metadata == nil {
			n--
		}
	}
	return items.Sample, true
}
