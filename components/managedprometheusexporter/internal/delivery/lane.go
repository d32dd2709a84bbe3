package delivery

import (
	"context"
	"sync"
	"time"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/internal/wal"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/write"
)

// lane is the slow lane: it sends the samples of series in quarantine, one request at a time, so that the search for those that are
// rejected delays nobody else. It never holds more than a shard does. Its sender is a shard without a queue and without a place in
// the checkpoint: the quarantine knows what waits here.
type lane struct {
	s *shard

	mu      sync.Mutex
	waiting []*batch
	samples int           // in them
	arrived chan struct{} // has a value when something came
	patient time.Time     // since when waits are counted
	waited  time.Duration // how long shards have waited for room since then
}

const (
	laneIndex = -1
	// laneEvery is how often the lane begins a batch, so that samples come together.
	laneEvery = time.Second
	// lanePoll is how long a shard waits before it looks again whether the lane has room.
	lanePoll = 10 * time.Millisecond
	// laneVouched is how long ago something must have been accepted for the lane to take a rejection for the samples' own fault.
	laneVouched = 10 * time.Second
	// Shards wait for room in the lane for maxWaited of each waitedIn, so that it costs them less than a fifth of their time.
	waitedIn, maxWaited = 10 * time.Second, 1500 * time.Millisecond
)

func (q *Queue) newLane() *lane {
	l := &lane{s: q.newShard(laneIndex, progress{}), arrived: make(chan struct{}, 1)}
	l.s.lane = l
	return l
}

// run sends until a stop, which does not wait for the lane.
func (l *lane) run(ctx context.Context) {
	q := l.s.q
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	q.running.Go(func() {
		defer cancel()
		select {
		case <-q.stopping:
		case <-ctx.Done():
		}
	})
	for {
		b := l.next()
		if b == nil {
			select {
			case <-l.arrived:
			case <-ctx.Done():
				return
			}
			continue
		}
		if !l.vouch(ctx) || !l.s.deliver(ctx, b) {
			return
		}
		b.free()
		if !l.gather(ctx) {
			return
		}
	}
}

// next takes the oldest batch that waits; nil without one.
func (l *lane) next() *batch {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		return nil
	}
	b := l.waiting[0]
	l.waiting = l.waiting[1:]
	l.samples -= b.len()
	return b
}

// gather waits until a whole batch is there, for laneEvery at most. It is false at a stop.
func (l *lane) gather(ctx context.Context) bool {
	timer := time.NewTimer(laneEvery)
	defer timer.Stop()
	for !l.hasBatch() {
		select {
		case <-l.arrived:
		case <-timer.C:
			return true
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// hasBatch reports whether as many samples wait as a request has.
func (l *lane) hasBatch() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.samples >= l.s.q.set.MaxSamplesPerSend
}

// vouch waits until the destination is known to accept samples: something was accepted a moment ago, or a probe is. It is false at
// a stop.
func (l *lane) vouch(ctx context.Context) bool {
	q := l.s.q
	for {
		if !q.gate.is(held) && (!q.trial.doubtful() && q.trial.acceptedWithin(laneVouched) || l.probe(ctx)) {
			return true
		}
		if !l.s.sleep(ctx, laneEvery, nil) {
			return false
		}
	}
}

// probe sends a probe. Without one the lane relies on the state of the destination.
func (l *lane) probe(ctx context.Context) bool {
	f := search{s: l.s}
	accepted, sent, ok := f.probe(ctx)
	return ok && (accepted || !sent && !l.s.q.trial.doubtful())
}

// put takes over a sample that items has read. It is false when the lane is full: then the caller waits for lanePoll and tries again.
// When shards have waited for long enough, and the destination accepts samples, a full lane drops its oldest batch instead.
func (l *lane) put(items *record.Reader, ordinal uint64, meta []byte) bool {
	q := l.s.q
	size := write.MaxSizeV1(&items.Sample)
	if q.protocol() == write.V2 {
		size = write.MaxSize(&items.Sample)
	} else {
		meta = nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.samples >= q.set.Capacity {
		if l.wait() || !q.trial.acceptedWithin(laneVouched) || len(l.waiting) == 0 {
			return false
		}
		l.dropOldest()
	}
	last := len(l.waiting) - 1
	if last < 0 || l.waiting[last].len() >= q.set.MaxSamplesPerSend || l.waiting[last].size+size+len(meta) > q.set.MaxRequestBytes {
		l.waiting = append(l.waiting, newBatch(time.Now()))
		last++
	}
	l.waiting[last].add(items, ordinal, size, meta)
	l.samples++
	select {
	case l.arrived <- struct{}{}:
	default:
	}
	return true
}

// wait reports whether a shard may wait for lanePoll. The caller holds the lock.
func (l *lane) wait() bool {
	if now := time.Now(); now.Sub(l.patient) > waitedIn {
		l.patient, l.waited = now, 0
	}
	l.waited += lanePoll
	return l.waited <= maxWaited
}

// dropOldest drops the batch that has waited longest. The caller holds the lock.
func (l *lane) dropOldest() {
	b := l.waiting[0]
	l.waiting = l.waiting[1:]
	l.samples -= b.len()
	b.eachHash(func(n int, hash uint64) {
		reason, _ := l.s.q.quarantine.sleeping(hash)
		l.s.drop(1, orRefused(reason), "more samples of series that were rejected lately than can be sent one by one", "")
		l.s.progress(l.s.q.quarantine.leave(hash, b.places[n].ordinal, false))
	})
	b.free()
}

// dropSleeping drops, from a sample on, those of series that were rejected several times in a row, until it is time to try one again.
func (l *lane) dropSleeping(b *batch, from int) {
	q := l.s.q
	b.eachHash(func(n int, hash uint64) {
		if n < from || b.isOut(n) {
			return
		}
		if reason, asleep := q.quarantine.sleeping(hash); asleep {
			b.takeOut(n)
			l.s.drop(1, orRefused(reason), "the series was rejected several times in a row; it is tried again within 30s", "")
			l.s.progress(q.quarantine.leave(hash, b.places[n].ordinal, false))
		}
	})
}

// settled notes that samples of a part are settled.
func (l *lane) settled(b *batch, part span, o outcome) {
	delivered := o.delivered > 0 && o.delivered == b.left(part)
	b.eachHash(func(n int, hash uint64) {
		if n < part.from || n >= part.before || b.isOut(n) {
			return
		}
		l.s.progress(l.s.q.quarantine.leave(hash, b.places[n].ordinal, delivered))
		if o.rejected {
			l.s.q.quarantine.add(hash, b.places[n].ordinal, o.reason)
		}
	})
}

func orRefused(reason string) string {
	if reason == "" {
		return "refused"
	}
	return reason
}

// divert takes the samples of series in quarantine out of a batch, from a sample on, and gives them to the lane. It waits while
// that has no room, and is false at shutdown.
func (s *shard) divert(ctx context.Context, b *batch, from int) bool {
	if s.lane != nil || s.q.quarantine.empty() {
		return true
	}
	var items record.Reader
	ok := true
	all := wal.Frame{Count: uint32(b.len()), Payload: b.record.Bytes()} //nolint:gosec // a batch is of thousands
	eachSample(&items, all, func(at uint64, meta []byte) bool {
		n := int(at) //nolint:gosec // below len
		if n < from || b.isOut(n) || b.places[n].lone || !s.q.quarantine.enter(record.HashLabels(items.Sample.Labels), b.places[n].ordinal) {
			return true
		}
		for !s.q.lane.put(&items, b.places[n].ordinal, meta) {
			if ok = s.sleep(ctx, lanePoll, nil); !ok {
				return false
			}
		}
		b.takeOut(n)
		return true
	})
	return ok
}
