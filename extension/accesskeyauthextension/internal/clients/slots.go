package clients

import (
	"context"
	"runtime"
	"time"
)

const (
	// slotWait is how long a request stands in the queue: longer than one bcrypt of customary cost, so
	// the connections of a client that has just started get in behind the first, and short enough that
	// a flood does not collect requests.
	slotWait = 500 * time.Millisecond
	// maxWaiting bounds the queue; it has room for the connections of one client (max_shards is 200).
	maxWaiting = 256
)

// slots bounds how many bcrypt verifications run at once, and how many requests wait for one: half
// of the processors stay free for clients that are known. Safe for concurrent use.
type slots struct {
	busy    chan struct{}
	waiting chan struct{}
	wait    time.Duration
}

func newSlots() *slots {
	return &slots{
		busy:    make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)),
		waiting: make(chan struct{}, maxWaiting),
		wait:    slotWait,
	}
}

// acquire takes a slot, at once or after a bounded wait. Whoever gets true must release it.
func (s *slots) acquire(ctx context.Context) bool {
	select {
	case s.busy <- struct{}{}:
		return true
	default:
	}
	select {
	case s.waiting <- struct{}{}:
		defer func() { <-s.waiting }()
	default:
		return false
	}
	timer := time.NewTimer(s.wait)
	defer timer.Stop()
	select {
	case s.busy <- struct{}{}:
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}

func (s *slots) release() { <-s.busy }
