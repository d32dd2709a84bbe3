package delivery

import (
	"context"
	"time"

	"github.com/msp-collector/msp-collector/components/internal/wal"
)

// keepHouse releases delivered segments, refreshes the copy of the checkpoint, and has told what lasts, until delivery ends.
func (q *Queue) keepHouse(ctx context.Context) {
	ticker := time.NewTicker(housekeeping)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			q.release()
			q.gate.settle()
			if err := q.checkpoint.refresh(q.set.Log.Sync != wal.SyncNone); err != nil {
				q.problems.tell("The copy of the checkpoint cannot be written; delivery goes on", err)
			}
		case <-q.stopping:
			return
		case <-ctx.Done():
			return
		}
	}
}

// release deletes the segments whose samples have all been delivered or dropped. Shards that have nothing to do count as
// being where the dispatcher is: looked at first, so that what it gives a shard meanwhile is not passed over.
func (q *Queue) release() {
	dispatched := q.dispatched.Load()
	if err := q.checkpoint.acknowledgeIdle(dispatched); err != nil {
		q.problems.tell(checkpointUnwritable, err)
		return
	}
	if err := q.log.Release(q.checkpoint.lowest()); err != nil {
		q.problems.tell("Delivered segments of the write-ahead log cannot be deleted", err)
	}
}
