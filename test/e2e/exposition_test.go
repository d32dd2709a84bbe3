package e2e

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// exposed is an exposition, flattened to what Prometheus stores: labels, name included, to value.
type exposed map[string]float64

// scrape reads a target's exposition as Prometheus would, adding the labels that its scrape adds. spell writes le and
// quantile.
func scrape(t *testing.T, exporter *harness.NodeExporter, target map[string]string, spell func(float64) string) exposed {
	t.Helper()
	text, err := harness.Fetch(deadline(t, patience), "http://"+exporter.Address+"/metrics")
	require.NoError(t, err)
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	require.NoError(t, err)
	result := exposed{}
	for name, family := range families {
		for _, metric := range family.Metric {
			result.addMetric(name, metric, target, spell)
		}
	}
	return result
}

func (e exposed) addMetric(name string, metric *dto.Metric, target map[string]string, spell func(float64) string) {
	own := maps.Clone(target)
	for _, pair := range metric.Label {
		own[pair.GetName()] = pair.GetValue()
	}
	add := func(suffix string, value float64, extra ...string) {
		series := maps.Clone(own)
		series["__name__"] = name + suffix
		if len(extra) == 2 {
			series[extra[0]] = extra[1]
		}
		e[identity(series)] = value
	}
	switch {
	case metric.Counter != nil:
		add("", metric.Counter.GetValue())
	case metric.Gauge != nil:
		add("", metric.Gauge.GetValue())
	case metric.Untyped != nil:
		add("", metric.Untyped.GetValue())
	case metric.Histogram != nil:
		for _, bucket := range metric.Histogram.Bucket {
			add("_bucket", float64(bucket.GetCumulativeCount()), "le", spell(bucket.GetUpperBound()))
		}
		add("_sum", metric.Histogram.GetSampleSum())
		add("_count", float64(metric.Histogram.GetSampleCount()))
	case metric.Summary != nil:
		for _, quantile := range metric.Summary.Quantile {
			add("", quantile.GetValue(), "quantile", spell(quantile.GetQuantile()))
		}
		add("_sum", metric.Summary.GetSampleSum())
		add("_count", float64(metric.Summary.GetSampleCount()))
	}
}

// asExposed writes le and quantile as node_exporter exposes them, 1, where Prometheus stores 1.0.
func asExposed(value float64) string { return strconv.FormatFloat(value, 'g', -1, 64) }

// asPrometheus writes them as Prometheus stores them.
func asPrometheus(value float64) string { return labels.FormatOpenMetricsFloat(value) }

// identity is a series as one comparable text. An empty label is no label.
func identity(labels map[string]string) string {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if labels[name] != "" {
			fmt.Fprintf(&text, "%s=%q ", name, labels[name])
		}
	}
	return text.String()
}

// stored is what Prometheus currently holds for a selector, in the form of an exposition.
func stored(ctx context.Context, prometheus *harness.Prometheus, selector string) (exposed, error) {
	result, err := prometheus.Query(ctx, selector)
	if err != nil {
		return nil, err
	}
	found := exposed{}
	for _, series := range result {
		found[identity(series.Labels)] = series.Samples[0].Value
	}
	return found, nil
}
