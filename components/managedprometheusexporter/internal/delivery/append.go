package delivery

import (
	"errors"
	"fmt"

	"github.com/msp-collector/msp-collector/components/internal/wal"
)

// Append keeps payloads, all or none of them. After it has returned nil their samples are delivered, dropped for a reason
// that is booked, or queued, whatever happens to this process. An error means that nothing was kept, and may be tried again.
func (q *Queue) Append(payloads []wal.Payload) error {
	if len(payloads) == 0 {
		return nil // and it says nothing of whether there is room
	}
	err := q.log.Append(payloads...)
	if noRoom(err) && q.set.DropOldest {
		err = q.appendEvicting(payloads)
	}
	err = withRemedy(err)
	q.seen.append(err, q.log.Size(), q.set.Now())
	return err
}

// appendEvicting drops the oldest samples until there is room. One append at a time does so, and only when it finds the log
// still full: otherwise all that fail at the same moment would each drop a segment.
func (q *Queue) appendEvicting(payloads []wal.Payload) error {
	q.evicting.Lock()
	defer q.evicting.Unlock()
	for {
		err := q.log.Append(payloads...)
		if !noRoom(err) {
			return err
		}
		if made, evictErr := q.evict(err); evictErr != nil || !made {
			return errors.Join(err, evictErr)
		}
	}
}

// noRoom tells whether an error ends when something is evicted.
func noRoom(err error) bool { return errors.Is(err, wal.ErrFull) || wal.DiskFull(err) }

// withRemedy adds to the error of a log without room what somebody can do about it.
func withRemedy(err error) error {
	switch {
	case errors.Is(err, wal.ErrFull):
		return fmt.Errorf("%w: raise wal::max_size, on a disk with room for it, or find out why the endpoint accepts less than comes in", err)
	case wal.DiskFull(err):
		return fmt.Errorf("%w: the disk of wal::directory is full: free space on it, or set wal::directory to another one", err)
	}
	return err
}

// evictedDetail says why samples were evicted, where it is not known better.
const evictedDetail = "the write-ahead log is full: its oldest samples were dropped to make room"

// evict drops the oldest segment of the log, because of an error for want of room. It is false when there was nothing in the
// log to drop. The caller holds evicting, or is alone.
func (q *Queue) evict(cause error) (bool, error) {
	first, end := q.log.Bounds()
	if first == end {
		return false, nil
	}
	kept, err := q.log.EvictOldest()
	if err != nil {
		return false, err
	}
	q.evictedBefore.Store(kept)
	if lost := q.books.evict(kept); lost > 0 {
		detail, remedy := evictedDetail, ""
		if wal.DiskFull(cause) {
			detail, remedy = "the disk of wal::directory is full: the oldest samples were dropped to make room", "free space on that disk, or set wal::directory to another one"
		}
		q.drops.add(ReasonWALFull, lost, detail, remedy)
	}
	return kept > first, nil
}
