package e2e

import (
	"context"
	"fmt"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// An endpoint that is down, refuses or never answers does not hold up a stop, and costs nothing.
func TestAStopDoesNotWaitForTheEndpoint(t *testing.T) {
	for name, answer := range map[string]harness.Answer{
		"down":          {Status: http.StatusServiceUnavailable},
		"refusing":      {Status: http.StatusUnauthorized},
		"never answers": {Gate: harness.NewGate()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFaultRun(t, harness.ExporterSetting("queue_config::flush_deadline", "3s"))
			t.Cleanup(func() { f.collector.Stop() })
			f.arrives(1000)
			f.endpoint.Answer(harness.Always(answer))
			f.accepts(1000)
			begun := time.Now()
			require.NoError(t, f.collector.Signal(syscall.SIGTERM))
			require.NoError(t, f.collector.Wait(deadline(t, patience)))
			assert.Less(t, time.Since(begun), 6*time.Second)
			f.endpoint.Answer(harness.Accept)
			require.NoError(t, f.collector.Restart(deadline(t, patience)))
			s := f.settle()
			assert.Empty(t, s.Dropped)
			assert.GreaterOrEqual(t, s.Distinct(), s.pushed.Acknowledged)
			assert.LessOrEqual(t, s.Repeated, s.pushed.Ambiguous)
		})
	}
}

// A configuration reload under load loses nothing.
func TestAReloadLosesNothing(t *testing.T) {
	f := startFaultRun(t)
	for range 3 {
		f.arrives(1000)
		require.NoError(t, f.collector.ReloadAll(deadline(t, patience)))
	}
	f.arrives(1000)
	s := f.settle()
	assert.Empty(t, s.Dropped)
	assert.GreaterOrEqual(t, s.Distinct(), s.pushed.Acknowledged)
	assert.LessOrEqual(t, s.Repeated, s.pushed.Ambiguous)
}

// A real Prometheus, which refuses what comes out of order, has every sample after five kills, and refused none.
func TestARealPrometheusHasEverythingAfterKills(t *testing.T) {
	const series = 20
	key := harness.NewAccessKey()
	prometheus := startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{key}})
	collector := startCollector(t, harness.CollectorSettings{
		Config: "gateway.yaml", Directory: collectorDirectory(t, key, nil), RemoteWriteURL: prometheus.RemoteWriteURL(), Overrides: quick,
	})
	t.Cleanup(func() { collector.Stop() })
	push := harness.StartPush(t.Context(), collector.OTLPURL, series, 20*time.Millisecond)
	for n := range 5 {
		until(t, "more is acknowledged", func(context.Context) error {
			if got, want := push.Sent().Acknowledged, uint64((n+1)*series*20); got < want {
				return fmt.Errorf("%d of %d", got, want)
			}
			return nil
		})
		collector.Kill()
		require.NoError(t, collector.Restart(deadline(t, patience)))
	}
	pushed, err := push.Finish(deadline(t, patience))
	require.NoError(t, err)
	batches := pushed.Acknowledged / series
	until(t, "Prometheus has every sample", func(ctx context.Context) error {
		found, err := prometheus.Query(ctx, harness.PushedMetric+"[1h]")
		if err == nil && len(found) != series {
			err = fmt.Errorf("%d series", len(found))
		}
		for _, s := range found {
			if n := uint64(len(s.Samples)); n < batches && err == nil {
				err = fmt.Errorf("%d of %d samples of %v", n, batches, s.Labels)
			}
		}
		return err
	})
	books, err := collector.Books(deadline(t, patience), harness.DefaultExporter)
	require.NoError(t, err)
	require.NoError(t, books.Balanced())
	// What was pushed twice, because the answer was lost in a kill, Prometheus may refuse the second time.
	assert.LessOrEqual(t, books.DroppedInAll(), pushed.Ambiguous)
	t.Logf("%d samples acknowledged, %d in pushes without an answer; %v", pushed.Acknowledged, pushed.Ambiguous, books)
}
