package accesskeyauthextension

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/extension/extensiontest"
)

// statusHost records the status events of the one component it hosts.
type statusHost struct {
	component.Host
	mu     sync.Mutex
	events []*componentstatus.Event
}

func (h *statusHost) Report(event *componentstatus.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, event)
}

// next returns the only event since the last call.
func (h *statusHost) next(t *testing.T) *componentstatus.Event {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	require.Len(t, h.events, 1)
	event := h.events[0]
	h.events = nil
	return event
}

// last returns the newest event, which stays.
func (h *statusHost) last() *componentstatus.Event {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.events[len(h.events)-1]
}

func (h *statusHost) requireNone(t *testing.T) {
	t.Helper()
	require.Zero(t, h.count())
}

func (h *statusHost) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.events)
}

func requireError(t *testing.T, event *componentstatus.Event, parts ...string) {
	t.Helper()
	require.Equal(t, componentstatus.StatusRecoverableError, event.Status())
	for _, part := range parts {
		require.ErrorContains(t, event.Err(), part)
	}
	require.NotContains(t, event.Err().Error(), secretOf(""))
}

// startHosted is startRig with a host that records; the events of the start are the collector's own.
func startHosted(t *testing.T, cfg *Config) (*rig, *statusHost) {
	t.Helper()
	r := startRig(t, cfg, nil)
	h := &statusHost{Host: componenttest.NewNopHost()}
	r.reporting.Lock()
	r.host = h
	r.reporting.Unlock()
	return r, h
}

func TestStatusWhileRefused(t *testing.T) {
	e, path := newEndpoint(t), keyPath(t)
	e.refusal = "AccessKeyId is disabled"
	writePair(t, path, oldID)
	r, h := startHosted(t, fileConfig(path))
	require.Equal(t, 401, r.post(t, e.URL))
	requireError(t, h.next(t), e.URL, "LTAI****ld01", "the AccessKey is disabled", "RAM console")
	require.Equal(t, 401, r.post(t, e.URL))
	h.requireNone(t)

	e.accept(oldID)
	require.Equal(t, 200, r.post(t, e.URL))
	require.Equal(t, componentstatus.StatusOK, h.next(t).Status())
	require.Equal(t, 200, r.post(t, e.URL))
	h.requireNone(t)
}

func TestStatusOnFallback(t *testing.T) {
	e, path := newEndpoint(t, oldID), keyPath(t)
	writePair(t, path, oldID)
	r, h := startHosted(t, fileConfig(path))
	require.Equal(t, 200, r.post(t, e.URL))
	require.Equal(t, componentstatus.StatusOK, h.next(t).Status())

	writePair(t, path, newID)
	r.waitFor(t, newID)
	require.Equal(t, 200, r.post(t, e.URL))
	requireError(t, h.next(t), e.URL, "LTAI****ew02", "using LTAI****ld01 until")
	require.Equal(t, 200, r.post(t, e.URL))
	h.requireNone(t)

	e.accept(newID)
	require.Equal(t, 200, r.post(t, e.URL))
	require.Equal(t, componentstatus.StatusOK, h.next(t).Status())
}

func TestStatusIsOKOnlyWhenEveryDestinationIs(t *testing.T) {
	one, two := newEndpoint(t), newEndpoint(t)
	r, h := startHosted(t, staticConfig(oldID))
	require.Equal(t, 401, r.post(t, one.URL))
	requireError(t, h.next(t), one.URL)
	require.Equal(t, 401, r.post(t, two.URL))
	requireError(t, h.next(t), two.URL)
	one.accept(oldID)
	require.Equal(t, 200, r.post(t, one.URL))
	h.requireNone(t)
	two.accept(oldID)
	require.Equal(t, 200, r.post(t, two.URL))
	require.Equal(t, componentstatus.StatusOK, h.next(t).Status())
}

func TestStatusWithoutAPair(t *testing.T) {
	path := keyPath(t)
	h := &statusHost{Host: componenttest.NewNopHost()}
	set := extensiontest.NewNopSettings(NewFactory().Type())
	a, err := newAccessKeyAuth(set, fileConfig(path), newMemory().destinations(set.ID))
	require.NoError(t, err)
	require.NoError(t, a.Start(context.Background(), h))
	t.Cleanup(func() { require.NoError(t, a.Shutdown(context.Background())) })
	requireError(t, h.next(t), path, "create it")
	writePair(t, path, oldID)
	require.Eventually(t, func() bool { return h.count() == 1 }, 5*time.Second, time.Millisecond)
	require.Equal(t, componentstatus.StatusOK, h.next(t).Status())
}

// Answers that come at the same time are told in any order; the last word must be the truth.
func TestLateReportDoesNotOverrideTheState(t *testing.T) {
	r, h := startHosted(t, staticConfig(oldID))
	r.reportStatus(componentstatus.NewRecoverableErrorEvent(errors.New("refused a moment ago, accepted since")))
	h.requireNone(t)
}
