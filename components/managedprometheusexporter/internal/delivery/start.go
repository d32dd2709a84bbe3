package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/msp-collector/msp-collector/components/internal/wal"
)

// start takes up what an earlier run left, and begins to deliver.
func (q *Queue) start() error {
	shards, damage := loadCheckpoint(q.set.Log.Directory)
	q.logDamage(damage)
	q.quarantine = openQuarantine(q.set.Log.Directory, q.set.Log.Sync == wal.SyncAlways)
	q.lane = q.newLane()
	st, err := catchUp(q.log, shards, q.quarantine)
	if err != nil {
		return fmt.Errorf("read the write-ahead log %q: %w", q.set.Log.Directory, err)
	}
	_, end := q.log.Bounds()
	q.books = newBooks(st.position, end, st.skip)
	q.dispatched.Store(st.position)
	if len(st.shards) == 0 || st.position == end {
		st.shards = evenProgress(q.set.MinShards, st.position)
	}
	if err := q.beginCheckpoint(&st, len(shards)); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	q.cancel = cancel
	d := &dispatcher{
		q: q, reader: q.log.NewReader(st.position), position: st.position, next: st.position, settled: farthest(st.shards),
		repeating: true, lastShape: time.Now(),
	}
	d.startShards(ctx, st.shards)
	q.running.Go(func() { defer d.reader.Close(); d.run(ctx) })
	q.running.Go(func() { q.keepHouse(ctx) })
	q.running.Go(func() { q.sendMetadata(ctx) })
	q.running.Go(func() { q.lane.run(ctx) })
	return nil
}

// beginCheckpoint opens the checkpoint for the shards to start with; before is how many there were. A full disk must not keep
// delivery from starting, which makes room on it: then their number stays, for which the file is good as it is. Where there is
// no file, the log gives up what is delivered, and then what a full log gives up.
func (q *Queue) beginCheckpoint(st *start, before int) error {
	try := func() (err error) {
		q.checkpoint, err = openCheckpoint(&q.set, st.shards)
		return err
	}
	err := try()
	if wal.DiskFull(err) && before > 0 && before != len(st.shards) {
		st.shards = evenProgress(before, st.position)
		err = try()
	}
	if wal.DiskFull(err) {
		if err := q.log.Release(st.position); err != nil {
			q.problems.add("Delivered segments of the write-ahead log cannot be deleted", err)
		}
		err = try()
	}
	for wal.DiskFull(err) && q.set.DropOldest {
		if made, evictErr := q.evict(err); evictErr != nil || !made {
			err = errors.Join(err, evictErr)
			break
		}
		err = try()
	}
	return withRemedy(err)
}

func farthest(shards []progress) (ordinal uint64) {
	for _, p := range shards {
		ordinal = max(ordinal, p.acknowledged, p.intended)
	}
	return ordinal
}
