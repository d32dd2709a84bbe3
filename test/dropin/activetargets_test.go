package dropin

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

const scrapeMetrics = "otelcol_receiver_prometheus_scrape_"

// compareTargets compares how many targets there are and were dropped, job by job. It returns what it has compared, and the
// labels of the active ones.
func (f *file) compareTargets(t *testing.T, prometheus *harness.Prometheus, c *collector, addresses *targets) (compared string, labels []string) {
	t.Helper()
	want, err := prometheus.ScrapeTargets(deadline(t))
	require.NoError(t, err)
	active := map[string]int{}
	for job, all := range want.Active {
		active[job] = len(all)
		for _, one := range all {
			labels = append(labels, addresses.name(spell(one)))
		}
	}
	have := func(name string) map[string]int {
		var counts map[string]int
		require.NoError(t, harness.Until(deadline(t), name, func(ctx context.Context) (err error) {
			counts, err = c.metric(ctx, scrapeMetrics+name, "job")
			return err
		}))
		maps.DeleteFunc(counts, func(_ string, n int) bool { return n == 0 })
		return counts
	}
	assert.Equal(t, active, have("targets"), "active targets by job")
	assert.Equal(t, want.Dropped, have("dropped_targets"), "dropped targets by job")
	dropped := 0
	for _, n := range want.Dropped {
		dropped += n
	}
	return fmt.Sprintf("%2d jobs, %3d targets, %3d dropped", len(active), len(labels), dropped), labels
}

// spell writes labels in order.
func spell(labels map[string]string) string {
	var text []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		text = append(text, fmt.Sprintf("%s=%q", name, labels[name]))
	}
	return "{" + strings.Join(text, ", ") + "}"
}
