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

	probedAt time.Time // when the last probe was accepted
}

const (
	// maxSingles is how many single samples of different series may be rejected before the destination is blocked.
	maxSingles = 3
	// The patience is how many requests in a row may be rejected while a batch is searched, before a single sample is tried: when
	// nothing was ever accepted, nothing of this batch, or some of it.
	patienceUnproven, patienceFirst, patienceSearch = 1, 3, 8
	// unprovenFactor makes the back-off longer while nothing was ever accepted.
	unprovenFactor = 16
	// probeHolds is for how long an accepted probe shows that what is rejected is so for its own sake.
	probeHolds = 10 * time.Second
)

// probeAccepted notes that a probe was accepted, which is no sample of the log.
func (t *trial) probeAccepted() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.probedAt = time.Now()
}

// vouched reports whether a probe was accepted a moment ago.
func (t *trial) vouched() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.probedAt.IsZero() && time.Since(t.probedAt) < probeHolds
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
func (t *trial) acquit() { t.proven, t.rejected, t.singles, t.blocked = true, 0, 0, false }

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
