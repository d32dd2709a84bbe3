package prometheusscrapereceiver

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// What targets say of families without samples, and of those of a scrape that failed, reaches the pipeline.
func TestFamiliesWithoutSamplesAreDescribed(t *testing.T) {
	const families = "# HELP alone No samples.\n# TYPE alone counter\n# TYPE known untyped\nknown 1\n"
	whole, broken := newExposition(t, families), newExposition(t, families+"# TYPE failed gauge\nfailed is no number\n")
	config := jobFor(whole.Listener.Addr().String())
	group := config["scrape_configs"].([]any)[0].(map[string]any)["static_configs"].([]any)[0].(map[string]any)
	group["targets"] = append(group["targets"].([]any), broken.Listener.Addr().String())
	r := start(t, &Config{Prometheus: PrometheusConfig{config}}, (&recorded{}).consume)
	require.Eventually(t, func() bool { return whole.scrapes.Load() > 1 && broken.scrapes.Load() > 1 }, patience, time.Millisecond)

	var got recorded
	next, err := newConsumer(got.consume)
	require.NoError(t, err)
	d := &describer{active: r.engine.scraping.TargetsActive, next: next, logger: r.set.Logger}
	d.describe(t.Context())
	described := map[string]string{}
	for _, m := range got.metrics {
		require.True(t, verbatim.Is(m))
		require.Zero(t, m.Gauge().DataPoints().Len())
		require.NotContains(t, described, m.Name(), "both targets say the same")
		kind, _ := verbatim.Type(m)
		described[m.Name()] = kind + ": " + m.Description()
	}
	assert.Equal(t, map[string]string{"alone": "counter: No samples.", "known": "unknown: ", "failed": "gauge: "}, described)
}
