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
	rejected  bool // some of it is; what cannot be split further is dropped for the reason
	unsent    bool // with rejected: that was found without a request
	perSample bool // with rejected: for its time, which shows that the endpoint looks at samples
	inARow    int  // with rejected: how many requests were in a row that gave no sample's time as the reason, this one included
	tooOld    int  // samples that were left out, and are dropped for that
	delivered int  // samples; the others are dropped for the reason
	lone      int  // lone exemplars among the delivered
	loneOnly  bool // the request had no samples
	exemplars int  // delivered ones
	reason    string
	detail    string
	remedy    string // of this very answer; empty for that of the reason
}

// send sends a part until the endpoint has said something final about it. Samples that the full log has evicted are dropped
// from its front before every attempt, and those older than sample_age_limit are left out. A part with a malformed sample, or as
// large as a request that was too large, is rejected without being sent. single says that the part is a single sample that is
// tried before its turn. ok is false when delivery was abandoned.
func (s *shard) send(ctx context.Context, b *batch, part *span, single bool) (o outcome, ok bool) {
	for {
		probe, ok := s.q.gate.enter(ctx, s.q.stopping)
		if !ok {
			if s.lane == nil {
				s.q.abandon()
			}
			return o, false
		}
		if !single {
			s.dropEvicted(b, part)
		}
		if b.left(*part) == 0 {
			s.q.gate.abandon(probe)
			return outcome{}, true
		}
		request, err := s.encode(b, *part)
		if err != nil {
			s.q.gate.abandon(probe)
			return outcome{rejected: true, unsent: true, reason: ReasonCorrupt, detail: err.Error(), remedy: unsendableRemedy}, true
		}
		count := b.left(*part) - request.TooOld
		if count == 0 {
			s.q.gate.abandon(probe)
			return outcome{tooOld: request.TooOld}, true
		}
		if part.len() > 1 && s.q.sizes.exceeded(len(request.Body), s.q.set.Now()) {
			s.q.gate.abandon(probe)
			return outcome{rejected: true, unsent: true}, true
		}
		if !single && s.lane == nil {
			s.progress(s.q.checkpoint.intend(s.index, b.end(*part)))
		}
		if *part == b.all() && !single {
			s.q.rates.begin(s.index, count)
		} else {
			s.q.rates.begin(s.index, 0)
		}
		if o, final, ok := s.attempt(ctx, request, attempt{count, probe, single}); final || !ok {
			return o, ok
		}
	}
}

// attempt is what is known of a request before it is sent.
type attempt struct {
	count         int  // samples in it
	probe, single bool // it may pass the gate; it is of a single sample that is tried
}

const unsendableRemedy = "find out who sent such a sample, or which version of the collector wrote it: no request can be made of it"

func (s *shard) encode(b *batch, part span) (write.Request, error) {
	s.encoder.SetProtocol(b.protocol(part, s.q.protocol()))
	oldest := int64(write.AnyAge)
	if limit := s.q.set.SampleAgeLimit; limit > 0 {
		oldest = s.q.set.Now().Add(-limit).UnixMilli()
	}
	return s.encoder.EncodeWithout(b.out, b.record.Bytes(), part.from, part.before, oldest)
}

// attempt sends one request. final says that the endpoint has decided; otherwise it is to be sent again.
func (s *shard) attempt(ctx context.Context, r write.Request, a attempt) (o outcome, final, ok bool) {
	q := s.q
	pair := q.gate.currentPair()
	begun := time.Now()
	answer := q.set.Poster.Post(ctx, s.encoder.Protocol().Headers(), r.Body)
	if ctx.Err() != nil && answer.Err != nil {
		q.rates.end(s.index, 0, false)
		return o, false, false
	}
	verdict := send.Judge(answer, q.set.Now())
	s.took = time.Since(begun)
	q.seen.answer(answer, verdict, q.set.Now(), s.took)
	q.rates.end(s.index, len(r.Body), verdict.Decides())
	switch verdict.Action {
	case send.Hold:
		q.gate.hold(verdict, pair)
		return o, false, true
	case send.Retry:
		q.gate.fail(verdict, a.probe, pair)
		return o, false, s.pause(ctx, verdict.RetryAfter, pair)
	case send.Fallback:
		switch {
		case s.encoder.Protocol() == write.V2:
			q.fallBack(verdict.Detail)
			q.gate.abandon(a.probe)
		case q.protocol() == write.V2: // lone exemplars
			q.gate.abandon(a.probe)
			return outcome{reason: verdict.Reason, tooOld: r.TooOld, detail: loneDetail + verdict.Detail, remedy: loneRemedy}, true, true
		default:
			q.gate.hold(verdict, pair) // it takes no remote write at all
		}
		return o, false, true
	}
	s.backoff = 0
	o, final = s.decide(answer, verdict, r, a)
	o.loneOnly = r.Lone == a.count
	switch {
	case o.loneOnly: // which says nothing of samples
	case o.rejected:
		o.perSample, o.inARow = verdict.PerSample, s.judge(answer, verdict, a, pair)
	case o.delivered > 0:
		q.trial.accept()
	}
	if o.loneOnly && q.trial.doubtful() {
		q.gate.abandon(a.probe)
	} else if o.inARow == 0 && (s.lane == nil || !o.rejected) {
		q.gate.work()
	}
	if o.reason == send.ReasonTooLarge && a.count > 1 {
		q.sizes.rejected(len(r.Body), q.set.Now())
	}
	return o, final, true
}

// judge decides what a rejected request says of the destination, and returns how many were in a row: none when the answer is
// about the time of a sample.
func (s *shard) judge(answer send.Answer, v send.Verdict, a attempt, pair <-chan struct{}) (inARow int) {
	if v.PerSample {
		s.q.trial.samplesJudged()
		return 0
	}
	if s.lane != nil {
		if a.probe {
			s.q.gate.fail(v, true, pair)
		}
		return 0 // it sends what was rejected before: that says nothing of the destination
	}
	inARow, all := s.q.trial.reject(a.single)
	if !all {
		s.q.gate.reject(v, s.q.trial.doubtful())
		return inARow
	}
	v.Finding = send.FindingOfAll(answer, s.q.set.Now())
	s.q.gate.hold(v, pair)
	return inARow
}

// decide turns a final answer into an outcome. Of a remote write 2.0 request the endpoint says itself how much it has
// written; one that says nothing does not know 2.0 and has seen nothing in it.
func (s *shard) decide(answer send.Answer, v send.Verdict, r write.Request, a attempt) (o outcome, final bool) {
	if v.Action == send.Deliver {
		o = outcome{delivered: a.count, tooOld: r.TooOld, lone: r.Lone, exemplars: r.Exemplars}
	} else {
		o = outcome{rejected: true, tooOld: r.TooOld, reason: v.Reason, detail: v.Detail, remedy: dropRemedy(&v)}
	}
	if s.encoder.Protocol() != write.V2 {
		return o, true
	}
	written, stated := send.WrittenCounts(answer.Header)
	if !stated {
		if v.Action != send.Deliver {
			return o, true
		}
		s.q.fallBack("the answer to a remote write 2.0 request does not say how much was written")
		return o, false
	}
	if n := min(written.Samples+written.Histograms, a.count); n > 0 || v.Action == send.Deliver {
		o = outcome{delivered: n, tooOld: r.TooOld, exemplars: min(written.Exemplars, r.Exemplars), reason: send.ReasonNotWritten, detail: v.Detail}
	}
	return o, true
}

// dropRemedy returns what to do about samples that are dropped because of an answer. One that is too large alone is not helped by
// what helps a request: empty then, for the remedy of the reason.
func dropRemedy(v *send.Verdict) string {
	if v.Reason == send.ReasonTooLarge {
		return ""
	}
	return v.Finding.Remedy
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
