package delivery

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/internal/wal"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"
)

// search brings a batch to its end: delivered or dropped, whole or in parts. A part that is rejected is split until the rejected
// samples are found. It is one goroutine's.
type search struct {
	s          *shard
	b          *batch
	parts      []span // not settled, in order
	doomed     []doom // rejected, before all parts: dropped once something else was accepted
	cut        cutter
	accepted   bool // something of this batch was
	begun      bool // something of this batch was rejected
	loneCuts   int  // how often parts of lone exemplars were split
	remembered bool // a series was put in quarantine whose later samples are still in the batch, maybe
	sibling    span // must hold a rejected sample if all of the part before it is accepted
}

// doom is a part that was rejected and cannot be split any more.
type doom struct {
	span
	outcome outcome
}

// deliver brings a batch to its end. It is false when delivery was abandoned.
func (s *shard) deliver(ctx context.Context, b *batch) bool {
	f := search{s: s, b: b, parts: b.parts(s.q.protocol())}
	if !s.divert(ctx, b, 0) {
		return false
	}
	for len(f.parts) > 0 {
		if !f.step(ctx) {
			return false
		}
	}
	f.settleDoomed()
	return true
}

// step sends the next part, or a single sample when the destination may reject everything.
func (f *search) step(ctx context.Context) bool {
	part := f.parts[0]
	if f.s.lane != nil {
		if !f.s.lane.vouch(ctx) {
			return false
		}
		f.s.lane.dropSleeping(f.b, part.from)
	} else if _, blocked := f.s.q.trial.acceptances(); blocked && f.b.hasSamples(part) {
		return f.try(ctx)
	}
	if f.remembered {
		f.remembered, f.sibling = false, span{}
		if !f.s.divert(ctx, f.b, part.from) {
			return false
		}
	}
	if f.sibling == part && part.len() > 1 {
		f.split(true)
		return true
	}
	o, ok := f.s.send(ctx, f.b, &part, false)
	if !ok {
		return false
	}
	if o.rejected || o.delivered < f.b.left(part) {
		f.sibling = span{}
	}
	f.parts[0] = part
	switch {
	case !o.rejected && o.delivered == o.lone:
		return f.settleLone(ctx, part, o)
	case !o.rejected:
		f.settle(part, o)
	case o.unsent && part.len() > 1:
		f.split(false)
	case o.unsent:
		f.settle(part, o)
	case o.loneOnly:
		return f.rejectedLone(ctx, part, o)
	default:
		return f.rejected(ctx, part, o)
	}
	return true
}

// settle ends the first part.
func (f *search) settle(part span, o outcome) {
	if o.delivered > o.lone {
		f.accepts()
	}
	f.settled(part, o)
	f.parts = f.parts[1:]
}

func (f *search) settled(part span, o outcome) {
	f.s.settle(f.b, part, o)
	if f.s.lane == nil {
		f.s.q.rates.settled(f.b.left(part) - o.tooOld)
	}
}

func (f *search) accepts() {
	f.accepted = true
	f.cut.accepted()
	f.settleDoomed()
}

// settleDoomed drops what was rejected while other samples are accepted.
func (f *search) settleDoomed() {
	for _, d := range f.doomed {
		f.settled(d.span, d.outcome)
		f.remember(d)
	}
	f.doomed = nil
}

// remember puts the series of rejected samples in quarantine.
func (f *search) remember(d doom) {
	if f.s.lane != nil || d.outcome.unsent || d.outcome.loneOnly || !d.outcome.rejected {
		return
	}
	f.b.eachHash(func(n int, hash uint64) {
		if n >= d.from && n < d.before && !f.b.isOut(n) && !f.b.places[n].lone {
			f.remembered = f.s.q.quarantine.add(hash, f.b.places[n].ordinal, d.outcome.reason) || f.remembered
		}
	})
}

// split halves the first part. sure says that it was rejected for the sake of a sample: then, if all of its first half is
// accepted, the second needs not be sent to know that the sample is there.
func (f *search) split(sure bool) {
	part := f.parts[0]
	middle := part.from + part.len()/2
	f.parts = append([]span{{part.from, middle}, {middle, part.before}}, f.parts[1:]...)
	if f.sibling = (span{}); sure {
		f.sibling = f.parts[1]
	}
}

// rejected decides what follows a rejection of the first part: its halves, after a while, or a single sample, when the endpoint
// may reject everything.
func (f *search) rejected(ctx context.Context, part span, o outcome) bool {
	first := !f.begun
	f.begun = true
	if o.inARow >= f.s.q.trial.patience(f.accepted) {
		return f.try(ctx)
	}
	if f.cut.again(part, o) {
		f.split(o.reason != send.ReasonTooLarge)
		return f.space(ctx, first || !f.accepted && o.inARow > 0)
	}
	f.doomed, f.parts = append(f.doomed, doom{part, o}), f.parts[1:]
	if o.perSample || f.s.lane != nil {
		f.settleDoomed()
	} else if len(f.parts) == 0 && !f.accepted {
		return f.try(ctx)
	}
	return len(f.parts) == 0 || f.space(ctx, !f.accepted && o.inARow > 0)
}

// space waits between a rejection and the next request: for the back-off, or, in a search that finds what it looks for, for as
// long as the endpoint has taken to answer. It is false at shutdown.
func (f *search) space(ctx context.Context, slow bool) bool {
	if slow {
		return f.s.sleep(ctx, f.s.q.trial.backoff(&f.s.q.set), f.s.q.gate.currentPair())
	}
	timer := time.NewTimer(min(f.s.took, f.s.q.set.MinBackoff))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-f.s.q.abandoned:
	case <-ctx.Done():
	}
	return false
}

// try sends single samples, each the first of another series, and probes, until one is accepted, by which the endpoint shows that
// it does not reject everything. When that takes a block, what was rejected before is sent again: the reason may have been another
// one.
func (f *search) try(ctx context.Context) bool {
	from := f.b.len()
	if len(f.parts) > 0 {
		from = f.parts[0].from
	}
	if len(f.doomed) > 0 {
		from = f.doomed[0].from
	}
	candidates := f.b.firsts(from)
	rand.Shuffle(len(candidates), func(i, j int) { candidates[i], candidates[j] = candidates[j], candidates[i] }) //nolint:gosec // any order does
	before, wasBlocked := f.s.q.trial.acceptances()
	for at := 0; len(candidates) > 0; at++ {
		_, blocked := f.s.q.trial.acceptances()
		wasBlocked = wasBlocked || blocked
		if !blocked && !f.s.sleep(ctx, f.trialPause(at), f.s.q.gate.currentPair()) {
			return false
		}
		if accepted, _ := f.s.q.trial.acceptances(); accepted > before {
			break // something of another shard was
		}
		if at%maxSingles == f.probeAt() {
			accepted, sent, ok := f.probe(ctx)
			if !ok {
				return false
			}
			if accepted {
				f.accepted, f.s.probed = true, true
				break
			}
			if sent {
				continue
			}
		}
		n := candidates[at%len(candidates)]
		o, ok := f.s.send(ctx, f.b, &span{n, n + 1}, true)
		if !ok {
			return false
		}
		if o.inARow == 0 {
			f.settleOne(n, o)
			break
		}
	}
	f.resume(wasBlocked)
	return true
}

// probeAt is which of maxSingles trials is a probe: the first, when it was a probe that helped before.
func (f *search) probeAt() int {
	if f.s.probed {
		return 0
	}
	return maxSingles - 1
}

// trialPause is how long to wait before a single sample is tried, after so many others.
func (f *search) trialPause(tried int) time.Duration {
	if f.accepted {
		return jitter(min(f.s.q.set.MinBackoff<<tried, f.s.q.set.MaxBackoff))
	}
	return f.s.q.trial.backoff(&f.s.q.set)
}

// probe sends a sample that the endpoint accepts if it accepts any: one that it has accepted before, or else one of our own. sent is
// false when there is none.
func (f *search) probe(ctx context.Context) (accepted, sent, ok bool) {
	q := f.s.q
	data := q.probeRecord()
	if data == nil {
		return false, false, true
	}
	b := newBatch(time.Now())
	defer b.free()
	var items record.Reader
	eachSample(&items, wal.Frame{Count: 1, Payload: data}, func(uint64, []byte) bool {
		b.add(&items, 0, 0, nil)
		return true
	})
	if b.len() == 0 {
		return false, false, true
	}
	o, ok := f.s.send(ctx, b, &span{0, 1}, true)
	return o.delivered > 0 || o.perSample, o.tooOld == 0 && !o.unsent, ok
}

// probeRecord is a record with the sample to probe with; nil when there is none.
func (q *Queue) probeRecord() []byte {
	if last := q.LastDelivery(); last != nil {
		var one record.Builder
		one.Reset()
		one.Add(&record.Sample{Kind: record.Float, Labels: last.Labels, Timestamp: last.Timestamp, Value: last.Value})
		return one.Bytes()
	}
	if q.set.Probe == nil {
		return nil
	}
	return q.set.Probe()
}

// settleOne ends a single sample apart from the part it is in.
func (f *search) settleOne(n int, o outcome) {
	f.s.probed = false
	f.s.account(1, o)
	f.b.takeOut(n)
	f.accepted = f.accepted || o.delivered > 0
}

// resume goes on after single samples were tried. What was rejected is sent again after a block, and split or dropped else.
func (f *search) resume(blocked bool) {
	switch {
	case blocked:
		f.cut, f.sibling = cutter{}, span{}
		again := make([]span, 0, len(f.doomed)+len(f.parts))
		for _, d := range f.doomed {
			again = append(again, d.span)
		}
		f.parts, f.doomed = append(again, f.parts...), nil
	case len(f.parts) > 0 && f.parts[0].len() > 1:
		f.settleDoomed()
		f.split(false)
	default:
		f.settleDoomed()
	}
}
