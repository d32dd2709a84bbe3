package delivery

import (
	"sync"
	"time"
)

// trial judges the destination as a whole: whether it rejects some samples, or everything. Samples are dropped as rejected only
// while others are accepted. It is safe for concurrent use.
type trial struct {
	mu       sync.Mutex
	proven   bool   // the endpoint has accepted samples, or rejected some for their own sake
	accepted uint64 // requests of which something was accepted, since start
	rejected int    // requests rejected since then, of all shards
	singles  int    // of these, how many were of a single sample that was tried
	blocked  bool   // judged to reject everything

	acceptedAt time.Time // when the endpoint last showed that it accepts samples
}

const (
	// maxSingles is how many single samples of different series may be rejected before the destination is blocked.
	maxSingles = 3
	// The patience is how many requests in a row may be rejected while a batch is searched, before a single sample is tried: when
	// nothing was ever accepted, nothing of this batch, or some of it.
	patienceUnproven, patienceFirst, patienceSearch = 1, 3, 8
	// unprovenFactor makes the back-off longer while nothing was ever accepted.
	unprovenFactor = 16
)

// acceptedWithin reports whether the endpoint has shown that long ago at most that it accepts samples.
func (t *trial) acceptedWithin(d time.Duration) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.acceptedAt.IsZero() && time.Since(t.acceptedAt) < d
}

// accept notes that something of a request was accepted.
func (t *trial) accept() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.accepted++
	t.acquit()
}

// samplesJudged notes a rejection that names the time of a sample: the endpoint looks at samples, and so accepts others.
func (t *trial) samplesJudged() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.acquit()
}

// acquit begins anew. The caller holds the lock.
func (t *trial) acquit() {
	t.proven, t.rejected, t.singles, t.blocked = true, 0, 0, false
	t.acceptedAt = time.Now()
}

// reject notes a rejected request, which was of a single sample that was tried, or not. It returns how many requests were
// rejected in a row, and whether that means that the destination rejects everything.
func (t *trial) reject(single bool) (inARow int, all bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rejected++
	if single {
		t.singles++
	}
	t.blocked = t.blocked || t.singles >= maxSingles
	return t.rejected, t.blocked
}

// patience is how many requests in a row may be rejected; searching says that something of the batch at hand was accepted.
func (t *trial) patience(searching bool) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case searching:
		return patienceSearch
	case !t.proven:
		return patienceUnproven
	}
	return patienceFirst
}

// doubtful reports whether the endpoint may reject everything.
func (t *trial) doubtful() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.proven && t.rejected >= patienceUnproven || t.rejected >= patienceFirst
}

// acceptances returns how many requests were accepted since start, and whether the destination is judged to reject everything.
func (t *trial) acceptances() (accepted uint64, blocked bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.accepted, t.blocked
}

// backoff is how long to wait after the requests that were rejected in a row.
func (t *trial) backoff(s *Settings) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	wait := s.MinBackoff
	if !t.proven {
		wait *= unprovenFactor
	}
	for n := 1; n < t.rejected && wait < s.MaxBackoff; n++ {
		wait *= 2
	}
	return jitter(min(wait, s.MaxBackoff))
}
