package delivery

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"
)

const (
	backlogPerSecond = 0.05 // share of the backlog that is to be worked off each second, beside what comes in
	tolerance        = 0.3  // a number of shards that is wrong by less stays
)

// reshape changes the number of shards when another one fits the load better. That is a barrier: every sample dispatched so
// far is acknowledged first, since its series may get another shard. So it waits until the endpoint works.
func (d *dispatcher) reshape(ctx context.Context) error {
	now := time.Now()
	if d.position < d.settled || now.Sub(d.lastShape) < time.Duration(d.q.reshardEvery.Load()) || d.q.isStopping() {
		return nil
	}
	elapsed := now.Sub(d.lastShape)
	d.lastShape = now
	want := d.q.rates.shards(d.q.books.Snapshot(), elapsed, len(d.shards))
	if shape := d.q.shape.Load(); shape != nil {
		want = (*shape)()
	}
	want = min(max(want, d.q.set.MinShards), d.q.set.MaxShards)
	if want == len(d.shards) || !d.q.gate.is(working) {
		return nil
	}
	if err := d.pushAll(ctx); err != nil {
		return err
	}
	d.endShards()
	before := len(d.shards)
	d.shards = nil
	if !d.q.checkpoint.idle() {
		return errGivenUp
	}
	if err := d.q.checkpoint.reset(evenProgress(want, d.position)); err != nil {
		d.q.problems.tell("The number of shards cannot be changed", withRemedy(err))
		d.startShards(ctx, evenProgress(before, d.position))
		return nil
	}
	d.startShards(ctx, evenProgress(want, d.position))
	d.q.set.Logger.Info("Changed the number of shards", zap.Int("from", before), zap.Int("to", want))
	return nil
}

// startShards begins with shards that have made the given progress, which the checkpoint has.
func (d *dispatcher) startShards(ctx context.Context, shards []progress) {
	for i, p := range shards {
		s := d.q.newShard(i, p)
		d.shards = append(d.shards, s)
		go s.run(ctx)
	}
	d.q.shards.Store(int64(len(shards)))
}

func evenProgress(n int, position uint64) []progress {
	shards := make([]progress, n)
	for i := range shards {
		shards[i].acknowledged = position
	}
	return shards
}

// rates measure how fast samples come and go. Safe for concurrent use.
type rates struct {
	mu       sync.Mutex
	samples  uint64 // sent since the last look
	spent    time.Duration
	bytes    uint64 // sent since start
	requests uint64 // answered since start

	accepted  uint64 // by the books, at the last look
	perSample float64
}

// sent notes a request the endpoint has decided on.
func (r *rates) sent(samples int, took time.Duration, bytes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.samples += uint64(samples) //nolint:gosec // a count
	r.spent += took
	r.bytes += uint64(bytes) //nolint:gosec // a size
	r.requests++
}

func (r *rates) totals() (requests, bytes uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.requests, r.bytes
}

// shards says how many would keep up with what came in since the last look and work off the backlog.
func (r *rates) shards(books Snapshot, elapsed time.Duration, now int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	in := float64(books.Accepted-r.accepted) / elapsed.Seconds()
	r.accepted = books.Accepted
	if r.samples > 0 {
		perSample := r.spent.Seconds() / float64(r.samples)
		if r.perSample == 0 {
			r.perSample = perSample
		}
		r.perSample += 0.3 * (perSample - r.perSample)
	}
	r.samples, r.spent = 0, 0
	want := r.perSample * (in + backlogPerSecond*float64(books.Queued))
	if want > float64(now)*(1-tolerance) && want < float64(now)*(1+tolerance) {
		return now
	}
	return int(want + 1)
}
