package delivery

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/msp-collector/msp-collector/components/diagnosis"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"
)

// watched is a gate with what it reports: log lines and status events.
type watched struct {
	*gate
	t      *testing.T
	lines  *observer.ObservedLogs
	events int
}

func newWatched(t *testing.T) *watched {
	core, lines := observer.New(zap.InfoLevel)
	g := &watched{t: t, lines: lines}
	g.gate = newGate(&Settings{Logger: zap.New(core), Status: func(error) { g.events++ }})
	return g
}

func verdict(reason string) send.Verdict {
	return send.Verdict{Finding: diagnosis.Finding{Reason: reason}}
}

// during lets time pass, with a look every second, as housekeeping has it.
func (g *watched) during(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); g.report() {
		time.Sleep(min(time.Second, time.Until(end)))
	}
}

// has checks what was reported since the last call. Every change is an event as well; reminders are not.
func (g *watched) has(messages ...string) {
	g.t.Helper()
	var got []string
	changes := 0
	for _, line := range g.lines.TakeAll() {
		got = append(got, line.Message)
		if line.Message != stillFails && line.Message != stillBlocked && line.Message != caughtUp {
			changes++
		}
	}
	require.Equal(g.t, messages, got)
	require.Equal(g.t, changes, g.events)
	g.events = 0
}

const (
	fails        = "Requests to the endpoint fail and are retried"
	stillFails   = "Requests to the endpoint still fail and are retried"
	works        = "Delivery works again"
	blocks       = "Delivery is blocked: the endpoint rejects every request"
	stillBlocked = "Delivery is still blocked: the endpoint rejects every request"
	caughtUp     = "Caught up: what waited in the outage has been sent"
)

func TestAnEndpointThatThrottlesIsNotLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newWatched(t)
		for range 100 {
			g.fail(verdict("throttled"), false, nil)
			require.True(t, g.is(failing), "people who look see it")
			g.during(300 * time.Millisecond)
			g.work()
			require.True(t, g.is(working))
			g.during(300 * time.Millisecond)
		}
		g.has()
	})
}

// It also asks for pauses that are longer than what counts as lasting: that is logged once.
func TestAnEndpointThatThrottlesForLongIsLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newWatched(t)
		for range 10 {
			g.fail(verdict("throttled"), false, nil)
			g.during(30 * time.Second)
			g.work()
			g.during(time.Second)
		}
		g.has(fails)
		for range 100 { // it recovers, but for a request now and then
			g.fail(verdict("throttled"), false, nil)
			g.during(100 * time.Millisecond)
			g.work()
			g.during(100 * time.Millisecond)
		}
		g.has(works)
	})
}

func TestAnOutageIsLoggedWhenItLasts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newWatched(t)
		g.fail(verdict("server_busy"), false, nil)
		g.during(reportAfter - time.Second)
		g.has()
		g.during(time.Second)
		g.has(fails)
		g.during(9 * time.Minute)
		g.has()
		g.fail(verdict("no_answer"), false, nil)
		g.has(fails)
		g.work()
		g.during(time.Minute)
		require.Equal(t, "9m5s", g.lines.All()[0].ContextMap()["after"])
		g.has(works)
	})
}

func TestABlockedDestinationIsLoggedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newWatched(t)
		g.fail(verdict("server_busy"), false, nil)
		g.hold(verdict("permission_denied"), nil)
		g.has(blocks)
		g.during(time.Minute)
		g.work()
		require.Equal(t, "1m0s", g.lines.All()[0].ContextMap()["after"])
		g.has(works)
		g.during(time.Minute)
		g.has()
	})
}

// An outage that began before the part of the log that somebody looks at is in it, with what it costs.
func TestALongOutageIsLoggedEveryTenMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newWatched(t)
		waits := waiting{bytes: 3 << 30, most: 4 << 30, fullIn: 90*time.Minute + 400*time.Millisecond, filling: true}
		g.waiting = func() waiting { return waits }
		g.describe = func() []zap.Field { return []zap.Field{zap.String("access_key_id", "LTAI****abcd")} }
		g.hold(verdict("key_disabled"), nil)
		require.Equal(t, "LTAI****abcd", g.lines.All()[0].ContextMap()["access_key_id"])
		g.has(blocks)
		begun := time.Now()
		waits.queued, waits.end = 316, 1000
		g.during(30 * time.Minute)
		require.Equal(t, map[string]any{
			"since": begun.UTC().Format(time.RFC3339), "for": "20m0s", "queued_samples": uint64(316), "wal_used": "75 %", "wal_full_in": "1h30m0s",
			"reason": "key_disabled", "cause": "", "remedy": "", "answer": "",
		}, g.lines.All()[1].ContextMap())
		g.has(stillBlocked, stillBlocked, stillBlocked)
		g.work()
		require.EqualValues(t, 316, g.lines.All()[0].ContextMap()["queued_samples"])
		g.has(works)
		g.during(90 * time.Second)
		g.reportProgress(999)
		g.has()
		g.reportProgress(1000)
		require.Equal(t, map[string]any{"samples": uint64(316), "took": "1m30s"}, g.lines.All()[0].ContextMap())
		g.reportProgress(2000)
		g.has(caughtUp)

		g.fail(verdict("server_busy"), false, nil)
		g.during(20*time.Minute + reportAfter)
		g.has(fails, stillFails, stillFails)
		waits.queued = 0
		g.work()
		g.during(time.Minute)
		g.reportProgress(2000)
		g.has(works)
	})
}
