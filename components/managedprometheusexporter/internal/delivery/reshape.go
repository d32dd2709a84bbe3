package delivery

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/internal/wal"
)

// shapeDue reports whether the number of shards is to be decided on. It has a clock of its own, since an endpoint that is slow
// keeps the dispatcher in push, and that is when more shards are needed.
func (d *dispatcher) shapeDue() bool {
	return time.Since(d.lastShape) >= time.Duration(d.q.reshardEvery.Load())
}

// reshape changes the number of shards when another one fits the load better. That is a barrier: every sample given to a shard
// so far is acknowledged first, since its series may get another shard. So it waits until the endpoint works.
func (d *dispatcher) reshape(ctx context.Context) error {
	elapsed := time.Since(d.lastShape)
	d.lastShape = time.Now()
	if d.position < d.settled || d.q.isStopping() {
		return nil
	}
	want := d.q.rates.shards(d.q.books.Snapshot(), elapsed, len(d.shards))
	if shape := d.q.shape.Load(); shape != nil {
		want = (*shape)()
	}
	want = min(max(want, d.q.set.MinShards), d.q.set.MaxShards)
	if want == len(d.shards) || !d.q.gate.is(working) {
		return nil
	}
	before := len(d.shards)
	unsent, err := d.drain(ctx)
	if err != nil {
		return err
	}
	position := d.next
	if len(unsent) > 0 {
		position = unsent[0].places[0].ordinal
	}
	if err := d.q.checkpoint.reset(evenProgress(want, position)); err != nil {
		d.q.problems.add("The number of shards cannot be changed", withRemedy(err))
		want = before
	}
	d.startShards(ctx, evenProgress(want, position))
	if want != before {
		d.q.set.Logger.Info("Changed the number of shards", zap.Int("from", before), zap.Int("to", want))
	}
	return d.addAll(ctx, unsent)
}

// drain ends all shards, and returns the batches that none has begun to send. Those of several shards are sent first: only one
// shard's can be given to others without repeating, after a crash, what the other shards have sent meanwhile.
func (d *dispatcher) drain(ctx context.Context) (unsent []*batch, err error) {
	single := len(d.shards) == 1
	if single {
		close(d.shards[0].halt)
	} else if err := d.pushAll(ctx); err != nil {
		return nil, err
	}
	d.endShards()
	if single {
		s := d.shards[0]
		for b := range s.queue {
			unsent = append(unsent, b)
		}
		if s.open != nil {
			unsent, s.open = append(unsent, s.open), nil
		}
		for range unsent {
			d.q.checkpoint.end(s.index)
		}
	}
	d.shards = nil
	if !d.q.checkpoint.idle() {
		return nil, errGivenUp
	}
	return unsent, nil
}

// addAll gives the samples of batches to the shards there are now.
func (d *dispatcher) addAll(ctx context.Context, batches []*batch) error {
	at := d.next
	defer func() { d.next = at }()
	for _, b := range batches {
		var items record.Reader
		var err error
		all := wal.Frame{Count: uint32(b.len()), Payload: b.record.Bytes()} //nolint:gosec // a batch is of thousands
		eachSample(&items, all, func(n uint64, meta []byte) bool {
			err = d.add(ctx, &items, b.places[n].ordinal, meta)
			return err == nil
		})
		if err != nil {
			return err
		}
		b.free()
	}
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
