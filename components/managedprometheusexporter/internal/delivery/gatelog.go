package delivery

import (
	"fmt"
	"time"

	"go.uber.org/zap"
)

// settlesAfter is how long delivery must fail before the log and the component's status are told, and how long it must not have
// failed so before they are told that it works again.
const settlesAfter = 5 * time.Second

// telling is what the log and the component's status have been told last.
type telling struct {
	state  condition
	reason string
	at     time.Time
	since  time.Time // when delivery stopped to work
}

// settle tells what has lasted long enough by now.
func (g *gate) settle() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tell(time.Now())
}

// lasting is the state without what does not last: an endpoint that throttles now and then works, and would otherwise cost two
// lines and two events per request. Held is told at once, and so is its end. The caller holds the lock.
func (g *gate) lasting(now time.Time) condition {
	switch {
	case g.state == held:
		return held
	case g.state == failing && now.Sub(g.since) >= settlesAfter:
		g.failed = now
		return failing
	case g.told.state == failing && (g.state == failing || now.Sub(g.failed) < settlesAfter):
		return failing
	}
	return working
}

// tell logs a lasting change of state, or, once in a while, another reason for the same one, and reports the component's
// status. The caller holds the lock.
func (g *gate) tell(now time.Time) {
	state, told := g.lasting(now), &g.told
	if state == told.state &&
		(state == working || state != g.state || g.finding.Reason == told.reason || now.Sub(told.at) < retellAfter) {
		return
	}
	if state == working {
		g.logger.Info("Delivery works again", zap.Duration("after", g.failed.Sub(told.since).Round(time.Millisecond)))
		*told = telling{at: now}
		g.status(nil)
		return
	}
	if told.state == working {
		told.since = g.since
	}
	told.state, told.reason, told.at = state, g.finding.Reason, now
	g.tellTrouble()
	g.status(fmt.Errorf("%s; %s (%s)", g.finding.Cause, g.finding.Remedy, g.detail))
}

func (g *gate) tellTrouble() {
	fields := []zap.Field{
		zap.String("reason", g.finding.Reason), zap.String("cause", g.finding.Cause), zap.String("remedy", g.finding.Remedy),
		zap.String("answer", g.detail),
	}
	if g.state == held {
		g.logger.Error("The endpoint refuses us: delivery is held, and all data wait in the write-ahead log",
			append(fields, zap.Duration("probe_interval", g.interval))...)
		return
	}
	g.logger.Warn("Delivery fails and is tried again; data wait in the write-ahead log", fields...)
}
