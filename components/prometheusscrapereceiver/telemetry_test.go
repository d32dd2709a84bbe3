package prometheusscrapereceiver

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/receiver/receivertest"
	sdk "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/msp-collector/msp-collector/components/internal/configreload"
)

// sums are what a reader finds, one sum per metric.
func sums(t *testing.T, reader sdk.Reader) map[string]int64 {
	t.Helper()
	var all metricdata.ResourceMetrics
	require.NoError(t, reader.Collect(t.Context(), &all))
	found := map[string]int64{}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			if gauge, ok := m.Data.(metricdata.Gauge[int64]); ok {
				for _, point := range gauge.DataPoints {
					found[m.Name] += point.Value
				}
			}
		}
	}
	return found
}

func TestTargetsAndReloadsAreReported(t *testing.T) {
	target := newExposition(t, "here 1\n")
	job := jobFor(target.Listener.Addr().String())
	job["scrape_configs"].([]any)[0].(map[string]any)["relabel_configs"] = []any{
		map[string]any{"source_labels": []any{"__address__"}, "regex": "127.0.0.1:1", "action": "drop"},
	}
	job["scrape_configs"].([]any)[0].(map[string]any)["static_configs"] = []any{
		map[string]any{"targets": []any{target.Listener.Addr().String(), "127.0.0.1:1"}},
	}
	reader := sdk.NewManualReader()
	set := receivertest.NewNopSettings(componentType)
	set.MeterProvider = sdk.NewMeterProvider(sdk.WithReader(reader))
	configreload.Process.Accept() // a provider does, before there are receivers
	var got recorded
	consumer, err := newConsumer(got.consume)
	require.NoError(t, err)
	r := newReceiver(set, &Config{Prometheus: PrometheusConfig{job}}, consumer)
	require.NoError(t, r.Start(t.Context(), componenttest.NewNopHost()))
	require.Eventually(t, func() bool { return sums(t, reader)[metricPrefix+"targets"] == 1 }, patience, patience/1000)
	found := sums(t, reader)
	assert.EqualValues(t, 1, found[metricPrefix+"dropped_targets"])
	assert.EqualValues(t, 1, found["otelcol_config_last_reload_successful"])
	require.NoError(t, r.Shutdown(t.Context()))
	assert.Empty(t, sums(t, reader))
}
