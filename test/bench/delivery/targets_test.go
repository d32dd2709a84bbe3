package main

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

func TestATargetIsAHostOfTheSizeAnnounced(t *testing.T) {
	lines := hostLines()
	require.Len(t, lines, seriesPerTarget)
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(page(nil, lines, 3)))
	require.NoError(t, err)
	for name, family := range families {
		for _, metric := range family.Metric {
			labels := len(metric.Label) + len([]string{"__name__", "job", "instance"})
			assert.True(t, labels >= 4 && labels <= 7, "%s has %d labels", name, labels)
		}
	}
	assert.Len(t, families["http_request_duration_seconds"].Metric, 20)
}

func TestValuesChangeFromScrapeToScrape(t *testing.T) {
	for _, line := range hostLines() {
		for scrape := range uint64(12) {
			before, after := line.value(scrape), line.value(scrape+1)
			assert.NotEqual(t, before, after, "%s", line.text)
			assert.True(t, line.gauge || after > before, "%s fell", line.text)
		}
	}
}

func TestTargetsCountTheirScrapes(t *testing.T) {
	targets := startTargets(3)
	t.Cleanup(targets.close)
	require.NoError(t, targets.write(filepath.Join(t.TempDir(), "targets.json")))
	for _, path := range []string{"/0/metrics", "/2/metrics", "/3/metrics"} {
		_, _ = harness.Fetch(t.Context(), targets.server.URL+path)
	}
	assert.EqualValues(t, 2, targets.scraped())

	content, err := harness.Fetch(t.Context(), targets.server.URL+"/1/metrics")
	require.NoError(t, err)
	assert.Equal(t, string(page(nil, hostLines(), 0)), content)
}
