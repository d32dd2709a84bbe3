package e2e

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// A scrape adds these series of its own to a target's.
var scrapeSeries = []string{
	"up", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_samples_post_metric_relabeling", "scrape_series_added",
}

func TestEverySeriesArrivesUnchanged(t *testing.T) {
	for config, spell := range map[string]func(float64) string{"agent.yaml": asPrometheus, "standard.yaml": asExposed} {
		t.Run(config, func(t *testing.T) {
			key := harness.NewAccessKey()
			prometheus := startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{key}})
			exporter := startNodeExporter(t, textfiles(t, "textfile.prom"))
			startCollector(t, harness.CollectorSettings{
				Config:         config,
				Directory:      collectorDirectory(t, key, exporter),
				RemoteWriteURL: prometheus.RemoteWriteURL(),
				Env:            []string{fastScrapes, "MSP_CLUSTER=identity-test"},
			})
			target := map[string]string{"job": nodeJob, "instance": exporter.Address, "cluster": "identity-test"}
			compareWithExposition(t, prometheus, exporter, target, spell)
		})
	}
}

// compareWithExposition holds what arrived against two readings of the exposition: what is in both must be there, and
// whatever is there must be in one. Series of devices that appear or vanish on the machine are thus no reason for a list
// of exceptions.
func compareWithExposition(t *testing.T, prometheus *harness.Prometheus, exporter *harness.NodeExporter, target map[string]string, spell func(float64) string) {
	t.Helper()
	selector := fmt.Sprintf("{instance=%q}", exporter.Address)
	before := scrape(t, exporter, target, spell)
	require.Greater(t, len(before), 500, "node_exporter exposes too little for this test to mean anything")

	var arrived, after exposed
	var missing []string
	err := harness.Until(deadline(t, patience), "every exposed series is stored", func(ctx context.Context) error {
		var err error
		if arrived, err = stored(ctx, prometheus, selector); err != nil {
			return err
		}
		after = scrape(t, exporter, target, spell)
		missing = nil
		for series := range before {
			if _, exists := arrived[series]; !exists && has(after, series) {
				missing = append(missing, series)
			}
		}
		if len(missing) > 0 {
			return fmt.Errorf("%d of %d series are missing", len(missing), len(before))
		}
		return nil
	})
	slices.Sort(missing)
	require.NoError(t, err, "missing:\n%s", strings.Join(missing, "\n"))

	for series := range arrived {
		assert.True(t, has(before, series) || has(after, series) || madeByScrape(series, target), "unexpected series %s", series)
	}
	compareConstants(t, before, arrived)
	t.Logf("%d series exposed, %d stored", len(before), len(arrived))
}

// compareConstants compares the values of the text file, which do not change, bit by bit.
func compareConstants(t *testing.T, exposition, arrived exposed) {
	t.Helper()
	compared := 0
	for series, value := range exposition {
		if strings.Contains(series, `__name__="probe`) {
			compared++
			same := value == arrived[series] || math.IsNaN(value) && math.IsNaN(arrived[series])
			assert.True(t, same, "%s: exposed %v, stored %v", series, value, arrived[series])
		}
	}
	assert.Equal(t, 15, compared, "testdata/textfile.prom has another number of series")
}

func has(e exposed, series string) bool {
	_, exists := e[series]
	return exists
}

func madeByScrape(series string, target map[string]string) bool {
	for _, name := range scrapeSeries {
		labels := map[string]string{"__name__": name}
		for k, v := range target {
			labels[k] = v
		}
		if series == identity(labels) {
			return true
		}
	}
	return false
}

// textfiles is a folder for node_exporter's textfile collector with the series of a file in testdata.
func textfiles(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
	return dir
}
