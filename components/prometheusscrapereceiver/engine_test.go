package prometheusscrapereceiver

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver/receivertest"
	sdk "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/msp-collector/msp-collector/components/internal/configreload"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// reloading lets receivers that are shut down leave their engines, as in a collector that goes on.
func reloading(t *testing.T) {
	t.Helper()
	configreload.Collector.Begin()
	t.Cleanup(configreload.Collector.End)
}

// successor starts a receiver with an id.
func successor(t *testing.T, id component.ID, config map[string]any, next func(context.Context, pmetric.Metrics) error) running {
	t.Helper()
	core, logs := observer.New(zapcore.InfoLevel)
	set := receivertest.NewNopSettings(componentType)
	set.ID, set.Logger = id, zap.New(core)
	consumer, err := newConsumer(next)
	require.NoError(t, err)
	r := newReceiver(set, &Config{Prometheus: PrometheusConfig{config}}, consumer)
	require.NoError(t, r.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() {
		configreload.Collector.End()
		assert.NoError(t, r.Shutdown(context.Background()))
	})
	return running{r, logs}
}

func idOf(t *testing.T) component.ID { return component.NewIDWithName(componentType, t.Name()) }

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, patience, 5*time.Millisecond, what)
}

// newMetrics exposes an exemplar and two series more.
func newMetrics(t *testing.T) *exposition {
	t.Helper()
	return expose(t, "application/openmetrics-text; version=1.0.0", "# TYPE c counter\nc_total 5 # {trace_id=\"x\"} 1 1000\none 1\ntwo 2\n# EOF\n")
}

// job scrapes targets every half second, which leaves a slow machine time.
func job(name string, more map[string]any, addresses ...string) map[string]any {
	targets := make([]any, len(addresses))
	for i, address := range addresses {
		targets[i] = address
	}
	made := map[string]any{
		"job_name": name, "scrape_interval": "500ms", "scrape_timeout": "500ms",
		"static_configs": []any{map[string]any{"targets": targets}},
	}
	maps.Copy(made, more)
	return made
}

func jobs(all ...any) map[string]any { return map[string]any{"scrape_configs": all} }

// withoutTwo is a rule that drops a series.
var withoutTwo = map[string]any{"metric_relabel_configs": []any{
	map[string]any{"source_labels": []any{"__name__"}, "regex": "two", "action": "drop"},
}}

func TestAReloadWaitsForTheNextPipeline(t *testing.T) {
	reloading(t)
	entered, leave := make(chan struct{}, 1), make(chan struct{})
	target := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		select {
		case entered <- struct{}{}:
		default:
		}
		<-leave
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprintln(w, "slow 1")
	})
	slow := jobs(job("slow", map[string]any{"scrape_interval": "1s", "scrape_timeout": "1s"}, target))
	var before, after recorded
	r := successor(t, idOf(t), slow, before.consume)
	<-entered
	require.NoError(t, r.Shutdown(t.Context()))
	close(leave)
	successor(t, idOf(t), slow, after.consume)
	eventually(t, "the scrape that ran arrives", func() bool { return after.has("slow", pmetric.NumberDataPointValueTypeDouble) })
	assert.Empty(t, before.points("slow"), "nothing is handed to a pipeline that has stopped")
}

func TestWhatAnEngineCannotChangeMakesANewOne(t *testing.T) {
	reloading(t)
	target := newExposition(t, "one 1\n")
	config := jobs(job("test", nil, target.address()))
	var before, after recorded
	r := successor(t, idOf(t), config, before.consume)
	old := r.engine
	require.NoError(t, r.Shutdown(t.Context()))
	config = maps.Clone(config)
	config["global"] = map[string]any{"external_labels": map[string]any{"cluster": "prod"}}
	r = successor(t, idOf(t), config, after.consume)
	assert.NotSame(t, old, r.engine)
	eventually(t, "it is scraped", func() bool { return len(after.points("one")) > 1 })
	for _, point := range after.points("one") {
		cluster, _ := point.Attributes().Get("cluster")
		require.Equal(t, "prod", cluster.Str())
	}
	assert.Nil(t, old.sink.outlet, "what the old one still brings is lost")
}

func TestAConfigurationThatCannotBeTakenOverBeginsAnew(t *testing.T) {
	reloading(t)
	target := newExposition(t, "one 1\n")
	var got recorded
	r := successor(t, idOf(t), jobs(job("a", nil, target.address())), got.consume)
	eventually(t, "it is scraped", func() bool { return len(got.points("one")) > 0 })
	old := r.engine
	require.NoError(t, r.Shutdown(t.Context()))
	unreadable := map[string]any{"tls_config": map[string]any{"ca_file": filepath.Join(t.TempDir(), "none.pem")}}
	r = successor(t, idOf(t), jobs(job("a", unreadable, target.address()), job("b", nil, target.address())), got.consume)
	assert.NotSame(t, old, r.engine)
	assert.Equal(t, 1, r.logs.FilterMessageSnippet("begins anew").Len())
	eventually(t, "the other job is scraped", func() bool { return len(got.of("one", "b")) > 0 })
}

func TestAnEngineWithoutASuccessorStops(t *testing.T) {
	reloading(t)
	reloads = newParking(10 * time.Millisecond)
	t.Cleanup(func() { reloads = newParking(successorWithin) })
	target := newExposition(t, "one 1\n")
	var got recorded
	r := successor(t, idOf(t), jobs(job("test", nil, target.address())), got.consume)
	eventually(t, "it is scraped", func() bool { return len(got.points("one")) > 0 })
	e := r.engine
	require.NoError(t, r.Shutdown(t.Context()))
	arrived := len(got.points("one"))
	ended := make(chan struct{})
	go func() {
		e.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(patience):
		t.Fatal("it goes on")
	}
	assert.Nil(t, reloads.take(idOf(t)))
	assert.Len(t, got.points("one"), arrived)
	assert.False(t, got.has("one", pmetric.NumberDataPointValueTypeEmpty), "a stop writes no staleness markers")
}

func TestReceiversKeepTheirEnginesApart(t *testing.T) {
	reloading(t)
	a, b := newExposition(t, "a 1\n"), newExposition(t, "b 1\n")
	ids := [2]component.ID{component.NewIDWithName(componentType, "a"), component.NewIDWithName(componentType, "b")}
	configs := [2]map[string]any{jobs(job("test", nil, a.address())), jobs(job("test", nil, b.address()))}
	var got [2]recorded
	for n, first := range []bool{true, false} {
		var receivers [2]running
		for i := range ids {
			if !first {
				i = 1 - i
			}
			receivers[i] = successor(t, ids[i], configs[i], got[i].consume)
		}
		eventually(t, "both are scraped", func() bool { return len(got[0].points("a")) > 2*(n+1) && len(got[1].points("b")) > 2*(n+1) })
		for _, r := range receivers {
			require.NoError(t, r.Shutdown(t.Context()))
		}
	}
	assert.Empty(t, got[0].points("b"))
	assert.Empty(t, got[1].points("a"))
	for _, id := range ids {
		reloads.take(id).discard()
	}
}

// Targets that do not answer hold neither a stop for long nor meanwhile the receiver's own metrics.
func TestHungTargetsDoNotHoldAStop(t *testing.T) {
	entered := make(chan struct{}, 100)
	var answers atomic.Bool
	hung := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		entered <- struct{}{}
		<-r.Context().Done()
		answers.Store(true)
	})
	reader := sdk.NewManualReader()
	var got recorded
	consumer, err := newConsumer(got.consume)
	require.NoError(t, err)
	set := receivertest.NewNopSettings(componentType)
	set.MeterProvider = sdk.NewMeterProvider(sdk.WithReader(reader))
	config := jobs(job("hung", map[string]any{"scrape_interval": "3s", "scrape_timeout": "3s"}, hung))
	r := newReceiver(set, &Config{Prometheus: PrometheusConfig{config}}, consumer)
	require.NoError(t, r.Start(t.Context(), componenttest.NewNopHost()))
	<-entered
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	stopped := make(chan error, 1)
	go func() { stopped <- r.Shutdown(ctx) }()
	time.Sleep(100 * time.Millisecond)
	require.NoError(t, reader.Collect(t.Context(), &metricdata.ResourceMetrics{}))
	assert.Empty(t, stopped, "the stop goes on")
	require.NoError(t, <-stopped)
	assert.False(t, answers.Load(), "the stop came before the scrape ended")
	eventually(t, "the scrape ends", answers.Load)
	time.Sleep(100 * time.Millisecond)
	assert.Empty(t, got.points("up"), "its sample comes too late")
}

func TestTheSlowestJobSaysHowLongSeriesLive(t *testing.T) {
	assert.EqualValues(t, seriesLifetime, lifetimeFor(15*time.Second))
	assert.EqualValues(t, 18, lifetimeFor(30*time.Minute))
	assert.EqualValues(t, 5, lifetimeFor(7*time.Minute))
}

// What Prometheus's parts log goes to the receiver of the time, with what they say of themselves, and without stack traces.
func TestLogsGoToTheReceiverOfTheTime(t *testing.T) {
	first, firstLogs := observer.New(zapcore.InfoLevel)
	second, secondLogs := observer.New(zapcore.ErrorLevel)
	var target logTarget
	target.set(zap.New(first))
	logger := target.slog().With("job", "a").With("target", "b")
	logger.Error("one")
	target.set(zap.New(second).With(zap.String("receiver", "next")))
	logger.Info("two")
	logger.Error("three", "err", "c")
	require.Equal(t, 1, firstLogs.Len())
	assert.Equal(t, map[string]any{"job": "a", "target": "b"}, firstLogs.All()[0].ContextMap())
	assert.Empty(t, firstLogs.All()[0].Stack)
	require.Equal(t, 1, secondLogs.Len())
	assert.Equal(t, map[string]any{"receiver": "next", "job": "a", "target": "b", "err": "c"}, secondLogs.All()[0].ContextMap())
}

// A discovery that fails at the time of a reload keeps the targets it found before.
func TestADiscoveryThatIsDownAtAReloadLosesNoTarget(t *testing.T) {
	reloading(t)
	target := newExposition(t, "one 1\n")
	var down atomic.Bool
	found := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if down.Load() {
			http.Error(w, "down", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `[{"targets":[%q]}]`, target.address())
	})
	config := jobs(job("found", map[string]any{"http_sd_configs": []any{map[string]any{"url": "http://" + found}}}))
	var before, after recorded
	r := successor(t, idOf(t), config, before.consume)
	eventually(t, "it is scraped", func() bool { return len(before.points("one")) > 0 })
	require.NoError(t, r.Shutdown(t.Context()))
	down.Store(true)
	successor(t, idOf(t), jobs(config["scrape_configs"].([]any)[0], job("more", nil, target.address())), after.consume)
	eventually(t, "it is scraped still", func() bool { return len(after.of("one", "found")) > 2 && len(after.of("one", "more")) > 2 })
}
