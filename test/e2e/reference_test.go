package e2e

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// A real Prometheus scrapes the same target as the agent does: what the agent delivers are the same series, name by name
// and label by label, and with the same constant values.
func TestTheAgentDeliversWhatPrometheusScrapes(t *testing.T) {
	key := harness.NewAccessKey()
	exporter := startNodeExporter(t, textfiles(t, "reference.prom"))
	reference := startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{key}, Config: fmt.Sprintf(`
scrape_configs:
  - {job_name: node, scrape_interval: 1s, static_configs: [{targets: [%q]}]}
`, exporter.Address)})
	prometheus := startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{key}})
	startCollector(t, harness.CollectorSettings{
		Config: "agent.yaml", Directory: collectorDirectory(t, key, exporter), RemoteWriteURL: prometheus.RemoteWriteURL(),
		Env: []string{fastScrapes},
		// Without external labels the series are the reference's own.
		Overrides: []string{harness.ExporterSetting("external_labels", "{cluster: \"\"}"), harness.ExporterSetting("queue_config::batch_send_deadline", "100ms")},
	})
	selector := fmt.Sprintf("{instance=%q, __name__!~%q}", exporter.Address, "scrape_(body_size|timeout|sample_limit).*")
	var want, got exposed
	until(t, "both have the same series", func(ctx context.Context) error {
		var err error
		if want, err = stored(ctx, reference, selector); err == nil {
			got, err = stored(ctx, prometheus, selector)
		}
		if err != nil {
			return err
		}
		if missing, extra := difference(want, got), difference(got, want); len(want) < 500 || len(missing)+len(extra) > 0 {
			return fmt.Errorf("%d series; missing: %v; unexpected: %v", len(want), missing, extra)
		}
		return nil
	})
	constant, err := stored(deadline(t, patience), reference, fmt.Sprintf("{instance=%q, __name__=~%q}", exporter.Address, "reference_.*"))
	require.NoError(t, err)
	require.Greater(t, len(constant), 20)
	for series, value := range constant {
		assert.Equal(t, fmt.Sprint(value), fmt.Sprint(got[series]), series)
	}
	t.Logf("%d series, no difference", len(want))
}

// difference is what the first has and the second has not.
func difference(a, b exposed) []string {
	var only []string
	for _, series := range slices.Sorted(maps.Keys(a)) {
		if !has(b, series) {
			only = append(only, series)
		}
	}
	return only
}
