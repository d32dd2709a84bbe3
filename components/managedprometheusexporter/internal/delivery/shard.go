package delivery

import (
	"context"
	"time"

	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/write"
)

// shard sends the samples of its series, one request at a time. The dispatcher fills open and puts it into queue; the rest
// belongs to the shard's goroutine.
type shard struct {
	index int
	q     *Queue
	queue chan *batch
	halt  chan struct{} // closed by the dispatcher: the shard returns after the batch at hand, and leaves its queue
	ended chan struct{} // closed when the goroutine has returned

	// The dispatcher's.
	open  *batch
	start uint64 // samples below it were done before a restart
	cut   uint64 // the first batch goes exactly to here, as the request in flight before the restart did; then 0

	lane    *lane // of which this is the sender; nil for the others
	encoder *write.Encoder
	backoff time.Duration
	took    time.Duration // the last request
	probed  bool          // nothing but a probe was accepted when single samples were tried last
}

func (q *Queue) newShard(index int, p progress) *shard {
	s := &shard{
		index: index, q: q,
		queue:   make(chan *batch, max(1, q.set.Capacity/q.set.MaxSamplesPerSend)),
		halt:    make(chan struct{}),
		ended:   make(chan struct{}),
		start:   p.acknowledged,
		encoder: write.NewEncoder(q.set.Protocol),
	}
	if p.intended > p.acknowledged {
		s.cut = p.intended
	}
	return s
}

// run sends batches until the queue is closed and empty, the dispatcher halts the shard, or delivery is abandoned at shutdown.
func (s *shard) run(ctx context.Context) {
	defer close(s.ended)
	for {
		select {
		case <-s.halt:
			return
		default:
		}
		select {
		case b, ok := <-s.queue:
			if !ok {
				return
			}
			s.q.seen.begin(s.index, b.places[0].timestamp)
			if !s.deliver(ctx, b) {
				return
			}
			if len(s.queue) == 0 {
				s.q.seen.end(s.index)
			}
			s.q.checkpoint.end(s.index)
			b.free()
		case <-s.halt:
			return
		case <-s.q.abandoned:
			return
		}
	}
}

// settle books a part that will not be sent again and writes the shard's progress.
func (s *shard) settle(b *batch, part span, o outcome) {
	if part.len() == 0 {
		return
	}
	s.account(b.left(part), o)
	if o.delivered > 0 && o.tooOld == 0 { // else its last sample may be one of those
		s.q.seen.delivered(b, part, s.q.set.Now())
	}
	if s.lane != nil {
		s.lane.settled(b, part, o)
		return
	}
	s.progress(s.q.checkpoint.acknowledge(s.index, b.end(part)))
}

// account counts samples with their outcome.
func (s *shard) account(samples int, o outcome) {
	s.q.books.delivers(o.delivered, o.lone, o.exemplars)
	s.drop(o.tooOld, ReasonTooOld, "older than queue_config::sample_age_limit", "")
	s.drop(samples-o.tooOld-o.delivered, o.reason, o.detail, o.remedy)
}

func (s *shard) drop(samples int, reason, detail, remedy string) {
	if samples > 0 {
		s.q.books.drops(samples, reason)
		s.q.drops.add(reason, uint64(samples), detail, remedy)
	}
}

const checkpointUnwritable = "The checkpoint cannot be written: after a crash more than one request per shard will be repeated"

// progress reports a checkpoint that cannot be written: delivery goes on, but a crash would repeat more.
func (s *shard) progress(err error) {
	if err != nil {
		s.q.problems.add(checkpointUnwritable, err)
	}
}

// pause waits before the next attempt: what the endpoint asked for, else a growing time with jitter. Changed credentials or TLS
// files end it, since they may be the cure. It is false at shutdown, which does not wait for an endpoint that does not answer.
func (s *shard) pause(ctx context.Context, asked time.Duration, changed <-chan struct{}) bool {
	wait := asked
	if wait == 0 {
		s.backoff = min(max(2*s.backoff, s.q.set.MinBackoff), s.q.set.MaxBackoff)
		wait = jitter(s.backoff)
	}
	return s.sleep(ctx, wait, changed)
}

// sleep waits, until changed is closed at most. It is false at shutdown.
func (s *shard) sleep(ctx context.Context, wait time.Duration, changed <-chan struct{}) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-changed:
		s.backoff = 0
		return true
	case <-s.q.stopping:
	case <-ctx.Done():
	}
	if s.lane == nil {
		s.q.abandon()
	}
	return false
}
