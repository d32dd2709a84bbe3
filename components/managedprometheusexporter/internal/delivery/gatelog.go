package delivery

import (
	"fmt"
	"time"

	"go.uber.org/zap"
)

const (
	// reportAfter debounces state changes: that requests are retried is logged, and reported as component status, once it has
	// lasted this long, and so is the end of it.
	reportAfter = 5 * time.Second
	// remindEvery is the period between two lines of the log while delivery is blocked or retrying.
	remindEvery = 10 * time.Minute
)

// reported is the last reported state.
type reported struct {
	state  condition
	reason string
	at     time.Time // of the last line about it
	since  time.Time // when delivery stopped
}

// report logs and reports what has lasted long enough by now.
func (g *gate) report() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.reportAt(time.Now())
}

// lasting returns the state, debounced: an endpoint that throttles now and then works, and would otherwise cost two lines and two
// events per request. A blocked destination is reported at once, and so is its end. The caller holds the lock.
func (g *gate) lasting(now time.Time) condition {
	switch {
	case g.state == held:
		return held
	case g.state == failing && now.Sub(g.since) >= reportAfter:
		g.failed = now
		return failing
	case g.reported.state == failing && (g.state == failing || now.Sub(g.failed) < reportAfter):
		return failing
	}
	return working
}

// reportAt logs a lasting change of state and reports it as component status. While the state stays, it logs another reason once
// a minute at most, and a reminder every ten minutes. The caller holds the lock.
func (g *gate) reportAt(now time.Time) {
	state, last := g.lasting(now), &g.reported
	if state == last.state {
		g.repeat(state, now)
		return
	}
	if state == working {
		g.reportRecovery(now)
		return
	}
	if last.state == working {
		last.since = g.since
	}
	g.recovery = nil
	g.reportTrouble(state, now)
}

// repeat logs what is worth another line about the state that was reported last.
func (g *gate) repeat(state condition, now time.Time) {
	last := &g.reported
	switch {
	case state == working:
		return
	case state == g.state && g.finding.Reason != last.reason && now.Sub(last.at) >= logEvery:
		g.reportTrouble(state, now)
	case now.Sub(last.at) >= remindEvery:
		last.at = now
		message := "Requests to the endpoint still fail and are retried"
		if state == held {
			message = "Delivery is still blocked: the endpoint rejects every request"
		}
		fields := []zap.Field{zap.String("since", last.since.UTC().Format(time.RFC3339)), zap.String("for", rounded(now.Sub(last.since)))}
		g.logger.Warn(message, append(append(fields, g.waitingFields()...), g.troubleFields()...)...)
	}
}

// reportTrouble logs why delivery is blocked or retrying, and reports it as component status.
func (g *gate) reportTrouble(state condition, now time.Time) {
	last := &g.reported
	last.state, last.reason, last.at = state, g.finding.Reason, now
	fields := append(g.troubleFields(), g.waitingFields()...)
	if g.describe != nil {
		fields = append(fields, g.describe()...)
	}
	if state == held {
		g.logger.Error("Delivery is blocked: the endpoint rejects every request", append(fields, zap.String("probe_interval", g.interval.String()))...)
	} else {
		g.logger.Warn("Requests to the endpoint fail and are retried", fields...)
	}
	g.status(fmt.Errorf("%s; %s (%s)", g.finding.Cause, g.finding.Remedy, g.detail))
}

func (g *gate) troubleFields() []zap.Field {
	return []zap.Field{
		zap.String("reason", g.finding.Reason), zap.String("cause", g.finding.Cause), zap.String("remedy", g.finding.Remedy),
		zap.String("answer", g.detail),
	}
}

// reportRecovery logs that delivery works again, and how much waits.
func (g *gate) reportRecovery(now time.Time) {
	after := g.failed.Sub(g.reported.since)
	g.reported = reported{at: now}
	g.logger.Info("Delivery works again", append([]zap.Field{zap.String("after", rounded(after))}, g.waitingFields()...)...)
	if g.waiting != nil {
		if b := g.waiting(); b.queued > 0 {
			g.recovery = &recovery{samples: b.queued, end: b.end, begun: now}
		}
	}
	g.status(nil)
}

// recovery is the delivery of what waited when delivery worked again.
type recovery struct {
	samples uint64
	end     uint64 // ordinal behind the last of them
	begun   time.Time
}

// reportProgress logs that everything that waited is delivered or dropped: every sample below done is.
func (g *gate) reportProgress(done uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c := g.recovery; c != nil && done >= c.end && g.reported.state == working {
		g.logger.Info("Caught up: what waited in the outage has been sent",
			zap.Uint64("samples", c.samples), zap.String("took", rounded(time.Since(c.begun))))
		g.recovery = nil
	}
}

// waitingFields describe what waits and how much room is left for more.
func (g *gate) waitingFields() []zap.Field {
	if g.waiting == nil {
		return nil
	}
	return g.waiting().fields()
}

// rounded writes a duration for people: with its units, and without digits that nobody needs.
func rounded(d time.Duration) string {
	if d < 10*time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
