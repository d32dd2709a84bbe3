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

// told is a gate with what it told: log lines and status events, which go together.
type told struct {
	*gate
	t      *testing.T
	lines  *observer.ObservedLogs
	events int
}

func newTold(t *testing.T) *told {
	core, lines := observer.New(zap.InfoLevel)
	g := &told{t: t, lines: lines}
	g.gate = newGate(&Settings{Logger: zap.New(core), Status: func(error) { g.events++ }})
	return g
}

func verdict(reason string) send.Verdict {
	return send.Verdict{Finding: diagnosis.Finding{Reason: reason}}
}

// during lets time pass, with a look every second, as housekeeping has it.
func (g *told) during(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); g.settle() {
		time.Sleep(min(time.Second, time.Until(end)))
	}
}

// has checks what was told since the last call.
func (g *told) has(messages ...string) {
	g.t.Helper()
	var got []string
	for _, line := range g.lines.TakeAll() {
		got = append(got, line.Message)
	}
	require.Equal(g.t, messages, got)
	require.Equal(g.t, len(messages), g.events)
	g.events = 0
}

const (
	fails = "Delivery fails and is tried again; data wait in the write-ahead log"
	works = "Delivery works again"
	holds = "The endpoint refuses us: delivery is held, and all data wait in the write-ahead log"
)

func TestAnEndpointThatThrottlesIsNotTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newTold(t)
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

// It also asks for pauses that are longer than what counts as lasting: that is told once.
func TestAnEndpointThatThrottlesForLongIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newTold(t)
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

func TestAnOutageIsToldWhenItLasts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newTold(t)
		g.fail(verdict("server_busy"), false, nil)
		g.during(settlesAfter - time.Second)
		g.has()
		g.during(time.Second)
		g.has(fails)
		g.during(time.Hour)
		g.has()
		g.fail(verdict("no_answer"), false, nil)
		g.has(fails)
		g.work()
		g.during(time.Minute)
		require.Equal(t, time.Hour+settlesAfter, g.lines.All()[0].ContextMap()["after"])
		g.has(works)
	})
}

func TestHeldIsToldAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newTold(t)
		g.fail(verdict("server_busy"), false, nil)
		g.hold(verdict("permission_denied"), nil)
		g.has(holds)
		g.during(time.Minute)
		g.work()
		require.Equal(t, time.Minute, g.lines.All()[0].ContextMap()["after"])
		g.has(works)
		g.during(time.Minute)
		g.has()
	})
}
