package accesskeyauthextension

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// value sums the points of a metric; state selects by the attribute `state` or `reason`.
func value(t *testing.T, tel *componenttest.Telemetry, name, selected string) float64 {
	t.Helper()
	m, err := tel.GetMetric(metricPrefix + name)
	if err != nil {
		return -1
	}
	sum := 0.0
	keep := func(p metricdata.DataPoint[int64]) bool {
		for _, key := range []string{"state", "reason"} {
			if v, ok := p.Attributes.Value(attribute.Key(key)); ok && v.AsString() != selected {
				return false
			}
		}
		return true
	}
	switch data := m.Data.(type) {
	case metricdata.Sum[int64]:
		for _, p := range data.DataPoints {
			if keep(p) {
				sum += float64(p.Value)
			}
		}
	case metricdata.Gauge[int64]:
		for _, p := range data.DataPoints {
			if keep(p) {
				sum += float64(p.Value)
			}
		}
	case metricdata.Gauge[float64]:
		for _, p := range data.DataPoints {
			sum += p.Value
		}
	}
	return sum
}

func TestTelemetryFollowsARotation(t *testing.T) {
	tel := componenttest.NewTelemetry()
	set := extensiontest.NewNopSettings(NewFactory().Type())
	set.TelemetrySettings = tel.NewTelemetrySettings()
	e, path := newEndpoint(t, oldID), keyPath(t)
	writePair(t, path, oldID)
	hourAgo := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(path, hourAgo, hourAgo))
	r := startRigWith(t, set, fileConfig(path), newMemory().destinations(set.ID))
	t.Cleanup(func() {
		require.NoError(t, r.Shutdown(context.Background()), "shutdown twice")
		require.NoError(t, tel.Shutdown(context.Background()))
	})

	require.Equal(t, 200, r.post(t, e.URL))
	require.InDelta(t, 3600, value(t, tel, "pair_age", ""), 60)
	require.InDelta(t, float64(time.Now().Unix()), value(t, tel, "source_last_read", ""), 60)
	require.InDelta(t, 1, value(t, tel, "destinations", "accepted"), 0)

	writePair(t, path, newID)
	r.waitFor(t, newID)
	require.Equal(t, 200, r.post(t, e.URL))
	require.InDelta(t, 1, value(t, tel, "rotations", ""), 0)
	require.InDelta(t, 1, value(t, tel, "destinations", "fallback"), 0)
	require.InDelta(t, 1, value(t, tel, "refused_requests", ""), 0)

	require.NoError(t, os.Remove(path))
	require.Eventually(t, func() bool { return value(t, tel, "source_failures", "missing") > 0 }, 5*time.Second, time.Millisecond)
	require.InDelta(t, -1, value(t, tel, "pair_expiry", ""), 0, "a permanent pair has no expiry")
}

func TestOldPairIsToldOnceADay(t *testing.T) {
	path := keyPath(t)
	writePair(t, path, oldID)
	cfg := fileConfig(path)
	cfg.MaxAge = time.Hour
	old := time.Now().Add(-2 * time.Hour)
	require.NoError(t, os.Chtimes(path, old, old))
	r := startRig(t, cfg, nil)
	told := func() int {
		return r.logs.FilterMessageSnippet("older than max_age").Len()
	}
	require.Eventually(t, func() bool { return told() == 1 }, 5*time.Second, time.Millisecond)
	for range 5 {
		r.loadOnce(context.Background())
	}
	require.Equal(t, 1, told())
	r.noteAge(r.current.Load(), time.Now().Add(25*time.Hour))
	require.Equal(t, 2, told())
}
