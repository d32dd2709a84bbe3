package e2e

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// Reloads of the collector, which make its receiver anew, and a restart neither miss a scrape nor double one: targets keep
// their turns.
func TestReloadsMissNoScrape(t *testing.T) {
	const reloads, interval = 3, 4 * time.Second
	key := harness.NewAccessKey()
	prometheus := startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{key}})
	exporter := startNodeExporter(t, t.TempDir())
	settings := harness.CollectorSettings{
		Config: "agent.yaml", Directory: collectorDirectory(t, key, exporter), RemoteWriteURL: prometheus.RemoteWriteURL(),
		Env: []string{"MSP_SCRAPE_INTERVAL=" + interval.String()}, Reloads: true,
		Overrides: []string{harness.ExporterSetting("queue_config::batch_send_deadline", "100ms")},
	}
	up := fmt.Sprintf("up{instance=%q}", exporter.Address)
	scrapes := func(atLeast int) (times []time.Time) {
		until(t, fmt.Sprintf("%d scrapes arrived", atLeast), func(ctx context.Context) error {
			var err error
			if times, err = sampleTimes(ctx, prometheus, up); err == nil && len(times) < atLeast {
				err = fmt.Errorf("%d", len(times))
			}
			return err
		})
		return times
	}
	collector := startCollector(t, settings)
	have := len(scrapes(2))
	for range reloads {
		require.NoError(t, collector.ReloadAll(deadline(t, patience)))
		have = len(scrapes(have + 1))
	}
	collector.Stop()
	startCollector(t, settings)
	times := scrapes(have + 2)

	for i := 1; i < len(times); i++ {
		between := times[i].Sub(times[i-1]).Round(interval / 2)
		assert.Equal(t, interval, between, "between scrapes %d and %d", i-1, i)
	}
	t.Logf("%d scrapes over %d reloads and a restart, the longest gap %v", len(times), reloads, widestGap(times))
}
