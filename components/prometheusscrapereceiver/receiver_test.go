package prometheusscrapereceiver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

const patience = 30 * time.Second

// exposition is a target that exposes a text.
type exposition struct {
	*httptest.Server
	text    atomic.Pointer[string]
	scrapes atomic.Int64
}

func newExposition(t *testing.T, text string) *exposition {
	t.Helper()
	return expose(t, "text/plain; version=0.0.4", text)
}

func expose(t *testing.T, contentType, text string) *exposition {
	t.Helper()
	e := &exposition{}
	e.text.Store(&text)
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		e.scrapes.Add(1)
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, *e.text.Load())
	}))
	t.Cleanup(e.Close)
	return e
}

func (e *exposition) address() string { return e.Listener.Addr().String() }

// serve makes a target of a handler, and returns its address.
func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// jobFor is a configuration that scrapes a target every 100 ms.
func jobFor(address string) map[string]any {
	return map[string]any{"scrape_configs": []any{map[string]any{
		"job_name": "test", "scrape_interval": "100ms", "scrape_timeout": "100ms",
		"static_configs": []any{map[string]any{"targets": []any{address}}},
	}}}
}

type running struct {
	*scraper
	logs *observer.ObservedLogs
}

func start(t *testing.T, config *Config, next func(context.Context, pmetric.Metrics) error) running {
	t.Helper()
	core, logs := observer.New(zapcore.InfoLevel)
	set := receivertest.NewNopSettings(componentType)
	set.Logger = zap.New(core)
	consumer, err := newConsumer(next)
	require.NoError(t, err)
	r := newReceiver(set, config, consumer)
	require.NoError(t, r.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { assert.NoError(t, r.Shutdown(context.Background())) })
	return running{r, logs}
}

func TestAStaleMarkerFollowsASeriesThatIsGone(t *testing.T) {
	target := newExposition(t, "here 1\ngone 2\n")
	var got recorded
	start(t, &Config{Prometheus: PrometheusConfig{jobFor(target.Listener.Addr().String())}}, got.consume)
	require.Eventually(t, func() bool { return got.has("gone", pmetric.NumberDataPointValueTypeDouble) }, patience, time.Millisecond)
	without := "here 1\n"
	target.text.Store(&without)
	require.Eventually(t, func() bool { return got.has("gone", pmetric.NumberDataPointValueTypeEmpty) }, patience, time.Millisecond)
	assert.False(t, got.has("here", pmetric.NumberDataPointValueTypeEmpty))
}

func TestStopLetsTheRunningScrapeEnd(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	var once sync.Once
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		once.Do(func() { close(entered) })
		<-leave
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprintln(w, "slow 1")
	}))
	defer target.Close()
	// Targets begin at an offset within the interval that is theirs: with so many, one begins soon.
	var targets []any
	for i := range 200 {
		targets = append(targets, map[string]any{
			"targets": []any{target.Listener.Addr().String()}, "labels": map[string]any{"__param_n": fmt.Sprint(i)},
		})
	}
	config := &Config{Prometheus: PrometheusConfig{map[string]any{"scrape_configs": []any{map[string]any{
		"job_name": "slow", "scrape_interval": "1m", "scrape_timeout": "1m", "static_configs": targets,
	}}}}}
	var got recorded
	r := start(t, config, got.consume)
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- r.Shutdown(context.Background()) }()
	close(leave)
	require.NoError(t, <-stopped)
	assert.True(t, got.has("slow", pmetric.NumberDataPointValueTypeDouble), "the scrape that ran at the stop is delivered")
	assert.False(t, got.has("slow", pmetric.NumberDataPointValueTypeEmpty), "a stop writes no staleness markers")
}

func TestARefusedScrapeIsCountedAndLoggedOnce(t *testing.T) {
	for reason, refusal := range map[int]error{
		reasonUnavailable: errors.New("data refused due to high memory usage"),
		reasonPermanent:   consumererror.NewPermanent(errors.New("never")),
	} {
		t.Run(reasonNames[reason], func(t *testing.T) {
			target := newExposition(t, "a 1\n")
			var refuse atomic.Bool
			refuse.Store(true)
			r := start(t, &Config{Prometheus: PrometheusConfig{jobFor(target.Listener.Addr().String())}}, func(context.Context, pmetric.Metrics) error {
				if refuse.Load() {
					return refusal
				}
				return nil
			})
			const scrape = 6 // a, up and its like
			require.Eventually(t, func() bool { return r.telemetry.refused[reason].Load() >= 3*scrape }, patience, time.Millisecond)
			assert.Zero(t, r.telemetry.refused[reason].Load()%scrape)
			assert.Zero(t, r.telemetry.accepted.Load())
			assert.Equal(t, 1, r.logs.FilterMessageSnippet("The pipeline refused scrapes").Len())
			refuse.Store(false)
			require.Eventually(t, func() bool { return r.telemetry.accepted.Load() > 0 }, patience, time.Millisecond)
			require.Eventually(t, func() bool { return r.logs.FilterMessageSnippet("accepts scrapes again").Len() == 1 }, patience, time.Millisecond)

			require.NoError(t, r.Shutdown(context.Background()))
			var logged uint64
			for _, line := range r.logs.FilterMessageSnippet("The pipeline refused scrapes").All() {
				assert.Equal(t, reasonNames[reason], line.ContextMap()["reason"])
				logged += line.ContextMap()["samples"].(uint64)
			}
			assert.EqualValues(t, r.telemetry.refused[reason].Load(), logged, "the log has every one of them in the end")
		})
	}
}

// Targets in files are there as soon as those in the configuration.
func TestTargetsAreScrapedAtOnce(t *testing.T) {
	target := newExposition(t, "a 1\n")
	config := &Config{Directory: t.TempDir(), Prometheus: PrometheusConfig{map[string]any{"scrape_configs": []any{map[string]any{
		"job_name": "files", "scrape_interval": "100ms", "scrape_timeout": "100ms",
		"file_sd_configs": []any{map[string]any{"files": []any{"targets.json"}}},
	}, map[string]any{
		"job_name": "static", "static_configs": []any{map[string]any{"targets": []any{"127.0.0.1:1"}}},
	}}}}}
	write(t, filepath.Join(config.Directory, "targets.json"), fmt.Sprintf(`[{"targets": [%q]}]`, target.Listener.Addr()))
	var got recorded
	begun := time.Now()
	start(t, config, got.consume)
	require.Eventually(t, func() bool { return got.has("a", pmetric.NumberDataPointValueTypeDouble) }, patience, time.Millisecond)
	t.Logf("first scrape after %v", time.Since(begun))
	assert.Less(t, time.Since(begun), 5*time.Second, "Prometheus's own delay before it looks for targets")
}

func TestAReceiverThatNeverStartedStops(t *testing.T) {
	r := newReceiver(receivertest.NewNopSettings(componentType), &Config{}, consumertest.NewNop())
	require.NoError(t, r.Shutdown(context.Background()))
	require.NoError(t, r.Shutdown(context.Background()))
}
