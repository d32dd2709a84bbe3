package accesskeyauthextension

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/msp-collector/msp-collector/components/status"
)

const (
	firstRetry = 5 * time.Second
	lastRetry  = 5 * time.Minute
	// A new pair spreads among the service's front ends: one may accept it before another knows it.
	spreadTime = 5 * time.Minute
)

// outcome is what a destination thinks of the pair in use.
type outcome int

const (
	unknown  outcome = iota // not tried, or answered neither yes nor no
	accepted                // the pair in use was accepted
	fallback                // the pair in use was refused, the previous one was accepted
	refused                 // every known pair was refused
	missing                 // the pair in use has ended, and nothing is sent
)

// String is the value of the metric attribute `state`, and the state of the pair as it is shown.
func (o outcome) String() string {
	return [...]string{status.PairUnknown, status.PairAccepted, status.PairFallback, status.PairRefused, status.PairMissing}[o]
}

// destination remembers which pair one destination accepted last, and which it refuses.
type destination struct {
	url   string
	query bool // asked for samples, as delivery_status does, and not written to

	// steady is the pair in use while it is accepted here and nothing remains to be booked or told:
	// most requests look at it alone. It is written with mu held.
	steady atomic.Pointer[credential]

	mu        sync.Mutex // guards the fields below
	seen      bool       // used by the present instance of the extension
	misused   bool       // told that the endpoint cannot be used as configured
	state     outcome
	judged    *credential // the pair that was current when state was set
	told      *credential // the pair whose refusal was told last
	proven    *credential // accepted last
	former    *credential // proven before spreading
	spreading *credential // the newest pair that took the place of another
	spread    time.Time   // when it did
	refused   *credential // the newest pair that was refused
	said      *refusal    // why it was refused last; set whenever refused is
	since     time.Time   // when it was first refused
	retryAt   time.Time   // when it is tried again
	backoff   time.Duration
}

// use marks the destination as used and reports whether this is the first time.
func (d *destination) use() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	first := !d.seen
	d.seen = true
	return first
}

// tellUnusable reports whether it is still to be told that the endpoint cannot be used.
func (d *destination) tellUnusable() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	first := !d.misused
	d.misused = true
	return first
}

// accept books that the destination accepted cred. It returns the state that follows, and whether
// that, or the pair it rests on, is news. A late answer to a pair that is neither current nor the
// fallback says nothing.
func (d *destination) accept(cred, current *credential, now time.Time) (state outcome, news bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case cred.same(current):
		state = accepted
		news = d.state != accepted || !d.judged.same(current)
		d.refused, d.said, d.backoff = nil, nil, 0
		d.replace(cred, now)
	case d.refused.same(current):
		state = fallback
		news = d.state != fallback || !d.judged.same(current)
	default:
		if d.proven == nil {
			d.proven = cred
		}
		return d.state, false
	}
	d.proven, d.state, d.judged, d.told = cred, state, current, nil
	if state == accepted && d.seen {
		d.steady.Store(current)
	}
	return state, news
}

// refuse books that the destination refused cred. Only the newest pair is tried again with back-off.
func (d *destination) refuse(cred, current *credential, said *refusal) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !cred.same(current) {
		return
	}
	d.steady.Store(nil)
	d.said = said
	now := said.at
	if !d.refused.same(cred) {
		d.refused, d.since, d.backoff = cred, now, 0
	} else if now.Before(d.retryAt) {
		return // a parallel request has booked this try
	}
	d.backoff = min(max(2*d.backoff, firstRetry), lastRetry)
	d.retryAt = now.Add(d.backoff)
}

// refuseAll books that no known pair is accepted. It returns why the current one is not, and whether
// that is news of this pair. One that was accepted meanwhile is not refused.
func (d *destination) refuseAll(current *credential) (said *refusal, news bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.refused.same(current) {
		return nil, false
	}
	news = d.state != refused || !d.told.same(current)
	d.state, d.judged, d.told = refused, current, current
	d.steady.Store(nil)
	return d.said, news
}

// lastRefusal is why the current pair is refused, nil if it is not, and until when the proven one stands in.
func (d *destination) lastRefusal(fallbackFor time.Duration) (said *refusal, until time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.said, d.fallbackUntil(fallbackFor)
}
