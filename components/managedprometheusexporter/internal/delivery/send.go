package delivery

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/write"
)

// outcome is what became of a part of a batch.
type outcome struct {
	halve     bool // some of it is refused; when it cannot be halved further, it is dropped for the reason
	tooOld    int  // samples that were left out, and are dropped for that
	delivered int  // samples; the others are dropped for the reason
	exemplars int
	reason    string
	detail    string
	remedy    string // of this very answer; empty for that of the reason
}

// send sends a part until the endpoint has said something final about it. Samples that the full log has evicted are dropped
// from its front before every attempt, and those older than sample_age_limit are left out. A part with a malformed sample is
// to be halved until that is found. ok is false when sending was given up.
func (s *shard) send(ctx context.Context, b *batch, part *span) (o outcome, ok bool) {
	for {
		probe, ok := s.q.gate.enter(ctx, s.q.stopping)
		if !ok {
			s.q.abandon()
			return o, false
		}
		s.dropEvicted(b, part)
		if part.len() == 0 {
			s.q.gate.abandon(probe)
			return o, true
		}
		request, err := s.encode(b, *part)
		if err != nil {
			s.q.gate.abandon(probe)
			return outcome{halve: true, reason: ReasonCorrupt, detail: err.Error(), remedy: unsendableRemedy}, true
		}
		if request.TooOld == part.len() {
			s.q.gate.abandon(probe)
			return outcome{tooOld: request.TooOld}, true
		}
		s.progress(s.q.checkpoint.intend(s.index, b.end(*part)))
		whole := 0
		if *part == b.all() {
			whole = part.len() - request.TooOld
		}
		s.q.rates.begin(s.index, whole)
		if o, final, ok := s.attempt(ctx, request, *part, probe); final || !ok {
			return o, ok
		}
	}
}

const unsendableRemedy = "find out who sent such a sample, or which version wrote it: it cannot be made a request of; nothing else is lost"

func (s *shard) encode(b *batch, part span) (write.Request, error) {
	if protocol := s.q.protocol(); s.encoder.Protocol() != protocol {
		s.encoder = write.NewEncoder(protocol)
	}
	oldest := int64(write.AnyAge)
	if limit := s.q.set.SampleAgeLimit; limit > 0 {
		oldest = s.q.set.Now().Add(-limit).UnixMilli()
	}
	return s.encoder.Encode(b.record.Bytes(), part.from, part.before, oldest)
}

// attempt sends one request. final says that the endpoint has decided; otherwise it is to be sent again.
func (s *shard) attempt(ctx context.Context, r write.Request, part span, probe bool) (o outcome, final, ok bool) {
	q := s.q
	pair := q.gate.currentPair()
	begun := time.Now()
	answer := q.set.Poster.Post(ctx, s.encoder.Protocol().Headers(), r.Body)
	if ctx.Err() != nil && answer.Err != nil {
		q.rates.end(s.index, 0, false)
		return o, false, false
	}
	verdict := send.Judge(answer, q.set.Now())
	q.seen.answer(answer, verdict, q.set.Now(), time.Since(begun))
	q.rates.end(s.index, len(r.Body), verdict.Decides())
	switch verdict.Action {
	case send.Hold:
		q.gate.hold(verdict, pair)
		return o, false, true
	case send.Retry:
		q.gate.fail(verdict, probe, pair)
		return o, false, s.pause(ctx, verdict.RetryAfter, pair)
	case send.Fallback:
		if s.encoder.Protocol() == write.V1 {
			q.gate.hold(verdict, pair) // it takes no remote write at all
		} else {
			q.fallBack(verdict.Detail)
			q.gate.abandon(probe)
		}
		return o, false, true
	}
	s.backoff = 0
	q.gate.work()
	return s.decide(answer, verdict, r, part)
}

// decide turns a final answer into an outcome. Of a remote write 2.0 request the endpoint says itself how much it has
// written; one that says nothing does not know 2.0 and has seen nothing in it.
func (s *shard) decide(answer send.Answer, v send.Verdict, r write.Request, part span) (o outcome, final, ok bool) {
	whole := part.len() - r.TooOld
	if v.Action == send.Deliver {
		o = outcome{delivered: whole, tooOld: r.TooOld, exemplars: r.Exemplars}
	} else {
		o = outcome{halve: v.Action == send.Halve, tooOld: r.TooOld, reason: v.Reason, detail: v.Detail, remedy: v.Finding.Remedy}
	}
	if s.encoder.Protocol() != write.V2 {
		return o, true, true
	}
	written, told := send.WrittenCounts(answer.Header)
	if !told {
		if v.Action != send.Deliver {
			return o, true, true
		}
		s.q.fallBack("the answer to a remote write 2.0 request does not say how much was written")
		return o, false, true
	}
	if n := min(written.Samples+written.Histograms, whole); n > 0 || v.Action == send.Deliver {
		o = outcome{delivered: n, tooOld: r.TooOld, exemplars: min(written.Exemplars, r.Exemplars), reason: send.ReasonNotWritten, detail: v.Detail}
	}
	return o, true, true
}

// dropEvicted drops samples from the front of a part that the full log has evicted.
func (s *shard) dropEvicted(b *batch, part *span) {
	evicted, n := s.q.evictedBefore.Load(), part.from
	for n < part.before && b.places[n].ordinal < evicted {
		n++
	}
	if gone := (span{part.from, n}); gone.len() > 0 {
		s.settle(b, gone, outcome{reason: ReasonWALFull, detail: evictedDetail})
		part.from = n
	}
}

// jitter spreads a wait over its upper half, so that shards that failed together do not come back together.
func jitter(d time.Duration) time.Duration {
	if d < 2 {
		return d
	}
	return d/2 + rand.N(d/2) //nolint:gosec // spreads load, guards nothing
}
