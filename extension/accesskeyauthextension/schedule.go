package accesskeyauthextension

import (
	"math/rand/v2"
	"time"
)

const (
	// A service that names no expiry may rotate at any time; STS limits how often it is asked.
	remoteInterval = 5 * time.Minute
	// How early a temporary pair is renewed at the most, and the share of its remaining life.
	renewAhead      = 15 * time.Minute
	renewAheadShare = 3
	firstBackoff    = time.Second
	lastBackoff     = 30 * time.Second
	// A refusal reads the source at once, but asks a service no more often than this.
	remoteReloadInterval = 10 * time.Second
)

// schedule decides when the source is read next.
type schedule struct {
	interval time.Duration // of local sources
	failures int
}

// next is the wait after a reading: local sources are read at every interval whatever happened,
// a service ahead of the pair's expiry, and with back-off after failures. Waits for services are
// jittered by a fifth, so that a fleet does not ask at the same moment.
func (s *schedule) next(remote, failed bool, expiry, now time.Time) time.Duration {
	if !failed {
		s.failures = 0
	}
	if !remote {
		return s.interval
	}
	wait := remoteInterval
	switch {
	case failed:
		wait = min(firstBackoff<<min(s.failures, 10), lastBackoff)
		s.failures++
	case !expiry.IsZero():
		left := expiry.Sub(now)
		wait = max(left-min(renewAhead, left/renewAheadShare), firstBackoff)
	}
	return wait - rand.N(wait/5+1) //nolint:gosec // jitter needs no cryptographic randomness
}
