package delivery

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/diagnosis"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"
)

// gate is where shards wait while the destination is blocked: it rejects every request until somebody changes something. While
// the gate is shut one shard at a time may pass, as a probe: after the interval, or at once when the AccessKey pair has changed
// since the rejected request. It also knows whether delivery works at all, and logs changes of that that last.
type gate struct {
	interval    time.Duration
	pairChanged func() <-chan struct{}
	logger      *zap.Logger
	status      func(error)

	mu      sync.Mutex
	state   condition
	finding diagnosis.Finding // what is wrong, while not working
	detail  string            // what was seen of it
	since   time.Time         // when it stopped or began to work
	failed  time.Time         // when it was held or had been failing for long, last

	reported reported
	recovery *recovery          // after an outage, until what waited is sent
	waiting  func() waiting     // nil: not known
	describe func() []zap.Field // the destination, see Settings.Describe

	opened  chan struct{} // closed when the state may let somebody pass; replaced then
	probing bool
	probeAt time.Time
	pair    <-chan struct{} // closed when the pair has changed since the refused request
}

type condition int

const (
	working condition = iota
	failing           // requests are tried again: the endpoint is down or busy
	held
)

func newGate(s *Settings) *gate {
	return &gate{
		interval: s.AuthProbeInterval, pairChanged: s.PairChanged, logger: s.Logger, status: s.Status,
		since: time.Now(), opened: make(chan struct{}), describe: s.Describe,
	}
}

// currentPair is taken before a request is sent, and handed to hold when that is refused.
func (g *gate) currentPair() <-chan struct{} {
	if g.pairChanged == nil {
		return nil
	}
	return g.pairChanged()
}

// enter waits until a shard may send. probe says that it is the only one: it must call hold, fail or work. ok is false when
// ctx or stop ended first.
func (g *gate) enter(ctx context.Context, stop <-chan struct{}) (probe, ok bool) {
	for {
		wait, opened, pair, probe := g.look()
		if wait < 0 {
			return probe, true
		}
		timer := time.NewTimer(wait)
		select {
		case <-opened:
		case <-timer.C:
		case <-pair:
			g.probeNow(pair)
		case <-stop:
			timer.Stop()
			return false, false
		case <-ctx.Done():
			timer.Stop()
			return false, false
		}
		timer.Stop()
	}
}

// look returns a negative wait when the caller may pass, else how long to wait at most, and for what else.
func (g *gate) look() (wait time.Duration, opened, pair <-chan struct{}, probe bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.state != held {
		return -1, nil, nil, false
	}
	if g.probing {
		return g.interval, g.opened, nil, false
	}
	if wait = time.Until(g.probeAt); wait <= 0 {
		g.probing = true
		return -1, nil, nil, true
	}
	return wait, g.opened, g.pair, false
}

func (g *gate) probeNow(pair <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pair == pair {
		g.probeAt, g.pair = time.Now(), nil
	}
}

// hold shuts the gate after a refused request.
func (g *gate) hold(v send.Verdict, pair <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.state != held || g.probing || g.pair == nil {
		g.pair = pair
	}
	if g.state != held || g.probing {
		g.probing, g.probeAt = false, time.Now().Add(g.interval)
	}
	g.change(held, v)
}

// fail notes a request that will be tried again. A probe that could not be answered leaves the gate shut, and pair is what has
// been in use for it.
func (g *gate) fail(v send.Verdict, probe bool, pair <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.state != held {
		g.change(failing, v)
		return
	}
	if probe {
		g.probing, g.probeAt, g.pair = false, time.Now().Add(g.interval), pair
		g.wake()
	}
}

// reject notes a request whose samples the endpoint has rejected. That ends a block: requests are answered by their contents
// again. doubtful says that the endpoint may reject every request, which counts as failing.
func (g *gate) reject(v send.Verdict, doubtful bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if doubtful || g.state == held {
		g.change(failing, v)
	}
}

// work notes that the endpoint accepts samples, or rejects some for their own sake: the gate is open.
func (g *gate) work() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.change(working, send.Verdict{})
}

// abandon gives back the right to probe, when nothing was sent.
func (g *gate) abandon(probe bool) {
	if !probe {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.probing = false
	g.wake()
}

// now returns the state, since when, and what is wrong.
func (g *gate) now() (condition, time.Time, diagnosis.Finding) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.state, g.since, g.finding
}

func (g *gate) is(state condition) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.state == state
}

// change moves to a state, and wakes those who wait. The caller holds the lock.
func (g *gate) change(state condition, v send.Verdict) {
	before := g.state
	g.state = state
	if state == working && before == working {
		return
	}
	now := time.Now()
	if state == working && (before == held || now.Sub(g.since) >= reportAfter) {
		g.failed = now
	}
	if state == working || before == working {
		g.since = now
	}
	g.finding, g.detail = v.Finding, v.Detail
	g.reportAt(now)
	if before == held || state == held {
		if state != held {
			g.probing = false
		}
		g.wake()
	}
}

func (g *gate) wake() {
	close(g.opened)
	g.opened = make(chan struct{})
}
