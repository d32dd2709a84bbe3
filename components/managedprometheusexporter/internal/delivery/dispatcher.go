package delivery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/internal/wal"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/write"
)

// dispatcher reads the log and fills the shards. It is one goroutine's.
type dispatcher struct {
	q      *Queue
	reader *wal.Reader
	shards []*shard
	items  record.Reader // of the frame at hand

	position  uint64 // every sample below it has been given to its shard, frame by frame
	next      uint64 // the same, sample by sample
	repeating bool   // some shard may have a cut
	noted     *byte  // where the metadata noted last lie in the frame at hand
	settled   uint64 // until here the shards of before a restart must stay as many as they are
	lastFlush time.Time
	lastShape time.Time // when the number of shards was last decided on
}

// errGivenUp ends the dispatcher at shutdown.
var errGivenUp = errors.New("delivery was given up")

// run dispatches until shutdown: then until the end of the log, so that what can still be delivered is.
func (d *dispatcher) run(ctx context.Context) {
	defer d.endShards()
	for {
		if err := d.step(ctx); err != nil {
			return
		}
	}
}

// step dispatches one frame, or waits for one.
func (d *dispatcher) step(ctx context.Context) error {
	appended := d.q.log.Wait()
	frame, err := d.reader.Next()
	switch {
	case err == nil:
		err = d.dispatch(ctx, frame)
	case errors.Is(err, io.EOF):
		err = d.idle(ctx, appended)
	default:
		// The reader cannot go on here, a disk that fails for example; what it could read before is unaffected.
		d.q.problems.add("The write-ahead log cannot be read; reading is retried", err)
		err = d.rest(ctx, nil)
	}
	if err != nil {
		return err
	}
	if time.Since(d.lastFlush) >= tick {
		d.flushDue()
	}
	if d.shapeDue() {
		err = d.reshape(ctx)
	}
	return err
}

// dispatch gives every sample of a frame to its shard.
func (d *dispatcher) dispatch(ctx context.Context, frame wal.Frame) error {
	if isHole(frame) { // as if the log went on behind it
		frame.First, frame.Count = frame.First+uint64(frame.Count), 0
	}
	lost, evicted, ok := d.q.books.take(frame.First, frame.Count, d.q.log.Evicted())
	d.q.drops.add(ReasonCorrupt, lost, fmt.Sprintf("the write-ahead log is damaged before sample %d", frame.First), "")
	d.q.drops.add(ReasonWALFull, evicted, evictedDetail, "")
	end := frame.First + uint64(frame.Count)
	if !ok {
		return nil
	}
	d.noted = nil
	var err error
	missing := eachSample(&d.items, frame, func(ordinal uint64, meta []byte) bool {
		err = d.add(ctx, &d.items, ordinal, meta)
		return err == nil
	})
	if err != nil {
		return err
	}
	if missing > 0 {
		d.q.books.drops(int(missing), ReasonCorrupt) //nolint:gosec // at most a frame's count
		d.q.drops.add(ReasonCorrupt, missing, "a record of the write-ahead log was written by another version", "")
	}
	d.position, d.next = end, end
	d.q.dispatched.Store(end)
	return d.closeCuts(ctx)
}

// add puts the sample that items has read into the open batch of its shard. A full batch is handed to the shard first, and
// while that has no room the number of shards may change.
func (d *dispatcher) add(ctx context.Context, items *record.Reader, ordinal uint64, meta []byte) error {
	sample := &items.Sample
	s := d.shards[shardOf(sample, len(d.shards))]
	if ordinal < s.start && !d.q.quarantine.owns(sample, ordinal) {
		return nil
	}
	size := 0
	if d.q.protocol() == write.V2 {
		size = write.MaxSize(sample)
	} else {
		d.note(meta)
		size, meta = write.MaxSizeV1(sample), nil
	}
	d.next = ordinal
	for s.open != nil && d.full(s, ordinal, size+len(meta)) {
		if err := d.push(ctx, s, d.reshape); err != nil {
			return err
		}
		s = d.shards[shardOf(sample, len(d.shards))]
	}
	if s.open == nil {
		s.open = newBatch(time.Now())
		d.q.checkpoint.begin(s.index)
	}
	s.open.add(items, ordinal, size, meta)
	return nil
}

// shardOf is the shard that a series belongs to.
func shardOf(s *record.Sample, shards int) uint64 {
	if shards == 1 {
		return 0 // as mostly; there is nothing to hash for
	}
	return record.HashLabels(s.Labels) % uint64(shards) //nolint:gosec // not negative
}

// note remembers the metadata of a sample when they are sent on their own, once for all samples of a frame that share them.
func (d *dispatcher) note(meta []byte) {
	if len(meta) > 0 && d.noted != &meta[0] && d.q.set.MetadataInterval > 0 {
		d.noted = &meta[0]
		d.q.metadata.note(meta)
	}
}

// full tells whether a sample must not join the open batch of a shard. A batch that repeats the request in flight before a
// restart ends where that did, whatever the limits are now.
func (d *dispatcher) full(s *shard, ordinal uint64, size int) bool {
	if s.cut > 0 {
		return ordinal >= s.cut
	}
	return s.open.len() >= d.q.set.MaxSamplesPerSend || s.open.size+size > d.q.set.MaxRequestBytes
}

// closeCuts sends the batches that repeat requests and are now whole.
func (d *dispatcher) closeCuts(ctx context.Context) error {
	if !d.repeating {
		return nil
	}
	d.repeating = false
	for _, s := range d.shards {
		switch {
		case s.cut > d.position:
			d.repeating = true
		case s.cut > 0 && s.open == nil:
			s.cut = 0
		case s.cut > 0:
			if err := d.push(ctx, s, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// push hands the open batch to its shard, and waits while the shard has no room. Meanwhile other shards get theirs, and reshape,
// unless it is nil, is called when it is due. When push returns, s has no open batch or is no longer one of the shards.
func (d *dispatcher) push(ctx context.Context, s *shard, reshape func(context.Context) error) error {
	for {
		select {
		case s.queue <- s.open:
			s.open, s.cut = nil, 0
			return nil
		default:
		}
		timer := time.NewTimer(tick)
		select {
		case s.queue <- s.open:
			timer.Stop()
			s.open, s.cut = nil, 0
			return nil
		case <-timer.C:
			d.flushDue()
			if s.open != nil && reshape != nil && d.shapeDue() {
				if err := reshape(ctx); err != nil {
					return err
				}
			}
			if s.open == nil {
				return nil
			}
		case <-d.q.abandoned:
			timer.Stop()
			return errGivenUp
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// flushDue hands over open batches that have waited for batch_send_deadline, where their shards have room. At shutdown
// nothing waits.
func (d *dispatcher) flushDue() {
	now := time.Now()
	d.lastFlush = now
	for _, s := range d.shards {
		if s.open == nil || s.cut > 0 || now.Sub(s.open.begun) < d.q.set.BatchSendDeadline && !d.q.isStopping() {
			continue
		}
		select {
		case s.queue <- s.open:
			s.open = nil
		default:
		}
	}
}

// idle waits at the end of the log. At shutdown it hands over what is left and ends.
func (d *dispatcher) idle(ctx context.Context, appended <-chan struct{}) error {
	if d.q.isStopping() {
		if err := d.pushAll(ctx); err != nil {
			return err
		}
		return errGivenUp
	}
	return d.rest(ctx, appended)
}

func (d *dispatcher) rest(ctx context.Context, appended <-chan struct{}) error {
	timer := time.NewTimer(tick)
	defer timer.Stop()
	select {
	case <-appended:
	case <-timer.C:
	case <-d.q.stopping:
		if appended == nil {
			return errGivenUp // the log cannot be read
		}
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

func (d *dispatcher) pushAll(ctx context.Context) error {
	for _, s := range d.shards {
		if s.open != nil {
			if err := d.push(ctx, s, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// endShards lets every shard finish its queue, and waits for it.
func (d *dispatcher) endShards() {
	for _, s := range d.shards {
		close(s.queue)
	}
	for _, s := range d.shards {
		<-s.ended
	}
}
