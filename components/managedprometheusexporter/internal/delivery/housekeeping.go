package delivery

import (
	"context"
	"time"

	"github.com/msp-collector/msp-collector/components/internal/wal"
)

// keepHouse releases delivered segments, refreshes the copy of the checkpoint, and reports lasting states, until delivery ends.
func (q *Queue) keepHouse(ctx context.Context) {
	ticker := time.NewTicker(housekeeping)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			q.release()
			q.measureGrowth()
			q.gate.report()
			q.gate.reportProgress(q.checkpoint.lowest())
			if err := q.quarantine.expire(time.Now()); err != nil {
				q.problems.add("The list of series that were rejected recently cannot be written; delivery continues", err)
			}
			if err := q.checkpoint.refresh(q.set.Log.Sync != wal.SyncNone); err != nil {
				q.problems.add("The copy of the checkpoint cannot be written; delivery continues", err)
			}
		case <-q.stopping:
			return
		case <-ctx.Done():
			return
		}
	}
}

// measureGrowth notes the size of the log while samples wait for longer than those of a destination that is not behind.
func (q *Queue) measureGrowth() {
	if q.gate.is(working) && q.Delay() <= behindAfter {
		q.growth.reset()
		return
	}
	q.growth.add(time.Now(), q.Bytes())
}

// release deletes the segments whose samples have all been delivered or dropped. Shards that have nothing to do count as
// being where the dispatcher is: looked at first, so that what it gives a shard meanwhile is not passed over.
func (q *Queue) release() {
	dispatched := q.dispatched.Load()
	if err := q.checkpoint.acknowledgeIdle(dispatched); err != nil {
		q.problems.add(checkpointUnwritable, err)
		return
	}
	if err := q.log.Release(q.quarantine.lowest(q.checkpoint.lowest())); err != nil {
		q.problems.add("Delivered segments of the write-ahead log cannot be deleted", err)
	}
}
