package delivery

import (
	"maps"
	"sync"
)

// Reasons samples are dropped for here; package send has those an endpoint gives.
const (
	ReasonCorrupt = "corrupt"  // the log was damaged where they lay
	ReasonWALFull = "wal_full" // the log was full, and drop_oldest made room
	ReasonTooOld  = "too_old"  // older than sample_age_limit
)

// Snapshot is the accounting at one moment. Samples are floats or native histograms, staleness markers included. The lone
// exemplars of a series in a request count as one sample, since the log numbers samples and them alike.
// Accepted + Recovered = Delivered + all of Dropped + Queued.
type Snapshot struct {
	Accepted  uint64 // appended to the log since start
	Recovered uint64 // found in the log at start
	Delivered uint64
	Dropped   map[string]uint64 // by reason
	Queued    uint64            // in the log and in the shards

	Lone      uint64 // of Delivered: series of lone exemplars
	Exemplars uint64 // delivered; not samples
	Metadata  uint64 // families whose metadata was delivered; not samples
}

// Books account for every sample. Queued is not what is left over: it is counted from the ends of the log and the contents
// of the shards, so that a sample that got lost between the two would show.
type Books struct {
	mu                             sync.Mutex
	accepted, recovered, delivered uint64
	lone, exemplars, metadata      uint64
	dropped                        map[string]uint64

	position uint64 // ordinal of the next sample to be dispatched
	end      uint64 // ordinal of the next sample to be appended
	evicted  uint64 // samples below it that were not dispatched have been dropped
	done     []done // at or after position, in order: need no dispatch
	pending  uint64 // dispatched, neither delivered nor dropped yet
}

// done are samples at or after an ordinal, before the next entry's, that need no dispatch: their shard has been ahead of the
// dispatcher since before a restart.
type done struct{ from, count uint64 }

// newBooks opens the books on a log whose samples from position to end are to be dispatched, but for those in skip.
func newBooks(position, end uint64, skip []done) *Books {
	b := &Books{dropped: map[string]uint64{}, position: position, end: end, done: skip}
	b.recovered = end - position - b.doneBefore(end)
	return b
}

// appended is called under the log's append lock with the ordinals of what was appended.
func (b *Books) appended(first, end uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.accepted += end - first
	b.end = end
}

// take moves the samples of a frame from the log to the shards. evicted is the ordinal below which the log has evicted samples,
// which may have happened a moment ago. Samples missing before the frame are dropped: lost of them to damage, gone of them because
// they were evicted and evict has not counted them yet. ok is false when the frame was evicted after it was read: it must not be
// dispatched.
func (b *Books) take(first uint64, count uint32, evicted uint64) (lost, gone uint64, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	gone = b.drop(evicted)
	end := first + uint64(count)
	if first > b.position {
		if lost = first - b.position - b.consume(first); lost > 0 {
			b.dropped[ReasonCorrupt] += lost
		}
		b.position = first
	}
	if end <= b.evicted {
		return lost, gone, false
	}
	b.pending += end - max(first, b.position) - b.consume(end)
	b.position = end
	return lost, gone, true
}

// evict drops what is not dispatched below an ordinal, which is a border between frames, and returns how many samples
// that were.
func (b *Books) evict(before uint64) uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.drop(before)
}

// drop does it. The caller holds the lock.
func (b *Books) drop(before uint64) uint64 {
	b.evicted = max(b.evicted, before)
	if before <= b.position {
		return 0
	}
	lost := before - b.position - b.consume(before)
	b.dropped[ReasonWALFull] += lost
	b.position = before
	return lost
}

// delivers counts samples of a shard that the endpoint has taken, those of them that are lone exemplars, and exemplars.
func (b *Books) delivers(samples, lone, exemplars int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.delivered += uint64(samples)   //nolint:gosec // counts
	b.pending -= uint64(samples)     //nolint:gosec // counts
	b.lone += uint64(lone)           //nolint:gosec // counts
	b.exemplars += uint64(exemplars) //nolint:gosec // counts
}

// drops books samples of a shard that will not be sent again.
func (b *Books) drops(samples int, reason string) {
	if samples == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.dropped[reason] += uint64(samples) //nolint:gosec // counts
	b.pending -= uint64(samples)         //nolint:gosec // counts
}

func (b *Books) deliversMetadata(families int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.metadata += uint64(families) //nolint:gosec // counts
}

// Snapshot returns all figures as of one moment.
func (b *Books) Snapshot() Snapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	return Snapshot{
		Accepted: b.accepted, Recovered: b.recovered, Delivered: b.delivered, Dropped: maps.Clone(b.dropped),
		Queued: b.end - b.position - b.doneBefore(b.end) + b.pending,
		Lone:   b.lone, Exemplars: b.exemplars, Metadata: b.metadata,
	}
}

// doneBefore sums the entries below an ordinal. The caller holds the lock, here and below.
func (b *Books) doneBefore(ordinal uint64) (sum uint64) {
	for _, d := range b.done {
		if d.from < ordinal {
			sum += d.count
		}
	}
	return sum
}

// consume removes the entries below an ordinal and returns their sum.
func (b *Books) consume(before uint64) (sum uint64) {
	n := 0
	for ; n < len(b.done) && b.done[n].from < before; n++ {
		sum += b.done[n].count
	}
	b.done = b.done[n:]
	return sum
}
