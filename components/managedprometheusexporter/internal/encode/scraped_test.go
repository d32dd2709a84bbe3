package encode

import (
	"math"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

// The points below are made as contrib's prometheusreceiver v0.160.0 makes them.

func TestScrapedNumbers(t *testing.T) {
	md, sm := scrape()
	number1(counter(scraped(sm, "requests_total", "counter")), t1, 5, "code", "200").SetStartTimestamp(pcommon.Timestamp(500 * millisecond))
	number1(counter(scraped(sm, "hits", "counter")), t1, 7)
	number1(scraped(sm, "temperature_celsius", "gauge").SetEmptyGauge().DataPoints(), t1, -1.5)
	number1(scraped(sm, "legacy:untyped", "unknown").SetEmptyGauge().DataPoints(), t1, 3, "empty", "")
	number1(scraped(sm, "gone", "gauge").SetEmptyGauge().DataPoints(), t1, 0).SetFlags(stale)
	info := scraped(sm, "build", "info").SetEmptySum()
	number1(info.DataPoints(), t1, 1, "version", "1")
	state := scraped(sm, "mode", "stateset").SetEmptySum()
	number1(state.DataPoints(), t1, 1, "mode", "on")
	requireSamples(t, Settings{}, md, `
		requests_total{code="200",instance="h:9100",job="node"} 5 @1000 since 500
		hits{instance="h:9100",job="node"} 7 @1000
		temperature_celsius{instance="h:9100",job="node"} -1.5 @1000
		legacy:untyped{instance="h:9100",job="node"} 3 @1000
		gone{instance="h:9100",job="node"} stale @1000
		build_info{instance="h:9100",job="node",version="1"} 1 @1000
		mode{instance="h:9100",job="node",mode="on"} 1 @1000`)
}

// One spelling each of what Prometheus v0.314.0 stores, whatever was exposed.
func TestBoundsAreSpelledAsPrometheusStoresScrapedOnes(t *testing.T) {
	for _, f := range []float64{1, 0, -1, 0.005, 2.5, 10, 1e6, 1e20, 1e21, 1e-9, 123456789, math.Inf(-1), 5e-324, math.MaxFloat64} {
		md, sm := scrape()
		histogram1(histogram(scraped(sm, "h", "histogram")), t1, []float64{f}, []uint64{1, 0}, 1)
		summary := scraped(sm, "s", "summary").SetEmptySummary().DataPoints().AppendEmpty()
		summary.SetTimestamp(t1)
		summary.QuantileValues().AppendEmpty().SetQuantile(f)
		got, _ := encode(t, Settings{}, md)
		want := labels.FormatOpenMetricsFloat(f)
		require.Equal(t, want, got.samples[2].label("le"))
		require.Equal(t, want, got.samples[6].label("quantile"))
	}
}

func (s sample) label(name string) string {
	for _, l := range s.Labels {
		if l.Name == name {
			return l.Value
		}
	}
	return ""
}

func TestScrapedHistogramAndSummary(t *testing.T) {
	md, sm := scrape()
	p := histogram1(histogram(scraped(sm, "latency", "histogram")), t1, []float64{0.5, 1, 1e6}, []uint64{1, 0, 2, 4}, 9)
	p.SetStartTimestamp(pcommon.Timestamp(500 * millisecond))
	put(p.Attributes(), "path", "/")
	q := scraped(sm, "wait", "summary").SetEmptySummary().DataPoints().AppendEmpty()
	q.SetTimestamp(t1)
	q.SetCount(3)
	q.SetSum(1.5)
	for _, quantile := range []float64{0.5, 1} {
		v := q.QuantileValues().AppendEmpty()
		v.SetQuantile(quantile)
		v.SetValue(quantile * 2)
	}
	requireSamples(t, Settings{}, md, `
		latency_sum{instance="h:9100",job="node",path="/"} 9 @1000 since 500
		latency_count{instance="h:9100",job="node",path="/"} 7 @1000 since 500
		latency_bucket{instance="h:9100",job="node",le="0.5",path="/"} 1 @1000 since 500
		latency_bucket{instance="h:9100",job="node",le="1.0",path="/"} 1 @1000 since 500
		latency_bucket{instance="h:9100",job="node",le="1e+06",path="/"} 3 @1000 since 500
		latency_bucket{instance="h:9100",job="node",le="+Inf",path="/"} 7 @1000 since 500
		wait_sum{instance="h:9100",job="node"} 1.5 @1000
		wait_count{instance="h:9100",job="node"} 3 @1000
		wait{instance="h:9100",job="node",quantile="0.5"} 1 @1000
		wait{instance="h:9100",job="node",quantile="1.0"} 2 @1000`)
}

func TestAScrapedHistogramGoesStaleAltogether(t *testing.T) {
	md, sm := scrape()
	p := histogram1(histogram(scraped(sm, "h", "histogram")), t1, []float64{1}, []uint64{0, 0}, 0)
	p.RemoveSum()
	p.SetFlags(stale)
	q := scraped(sm, "s", "summary").SetEmptySummary().DataPoints().AppendEmpty()
	q.SetTimestamp(t1)
	q.SetFlags(stale)
	q.QuantileValues().AppendEmpty().SetQuantile(0.9)
	n := exponential(scraped(sm, "n", "histogram")).AppendEmpty()
	n.SetTimestamp(t1)
	n.SetFlags(stale)
	requireSamples(t, Settings{SendNativeHistograms: true}, md, `
		h_sum{instance="h:9100",job="node"} stale @1000
		h_count{instance="h:9100",job="node"} stale @1000
		h_bucket{instance="h:9100",job="node",le="1.0"} stale @1000
		h_bucket{instance="h:9100",job="node",le="+Inf"} stale @1000
		s_sum{instance="h:9100",job="node"} stale @1000
		s_count{instance="h:9100",job="node"} stale @1000
		s{instance="h:9100",job="node",quantile="0.9"} stale @1000
		n{instance="h:9100",job="node"} stale histogram @1000`)
}

// A bucket that vanishes while others stay brings a staleness marker, which the receiver takes for a count.
func TestABucketThatVanished(t *testing.T) {
	nan := math.NaN()
	gone := uint64(nan) // what the receiver's conversion makes of it
	if gone != vanished {
		t.Logf("on this platform a vanished bucket leaves %d, which cannot be told from a count", gone)
	}
	for want, counts := range map[string][]uint64{
		`h_bucket{instance="h:9100",job="node",le="2.0"} stale @1000`: {1, vanished, vanished, 2},
		`h_bucket{instance="h:9100",job="node",le="1.0"} stale @1000`: {vanished, vanished, 2, 2},
		`h_bucket{instance="h:9100",job="node",le="3.0"} stale @1000`: {1, 1, vanished, vanished},
	} {
		md, sm := scrape()
		p := histogram1(histogram(scraped(sm, "h", "histogram")), t1, []float64{1, 2, 3}, counts, 9)
		p.SetCount(8)
		got, _ := encode(t, Settings{}, md)
		require.Contains(t, got.texts(), want)
		for i, cumulative := range map[int]float64{2: 1, 3: 2, 4: 6} {
			if s := got.samples[i]; s.String() != want && counts[0] == 1 {
				require.Equal(t, sprint(cumulative), sprint(s.value), s)
			}
		}
	}
}

func TestScrapedScopeLabels(t *testing.T) {
	md, sm := scrape()
	sm.Scope().SetName("lib")
	sm.Scope().SetVersion("2")
	sm.SetSchemaUrl("https://schema")
	sm.Scope().Attributes().PutStr("colour", "red")
	number1(scraped(sm, "up", "gauge").SetEmptyGauge().DataPoints(), t1, 1)
	requireSamples(t, Settings{}, md, `
		up{instance="h:9100",job="node",otel_scope_colour="red",otel_scope_name="lib",otel_scope_schema_url="https://schema",otel_scope_version="2"} 1 @1000`)
}

func TestScrapedTargetInfo(t *testing.T) {
	for name, c := range map[string]struct {
		up   float64
		want string
	}{
		"up":   {1, "1"},
		"down": {0, "stale"},
		"gone": {staleNaN, "stale"},
	} {
		t.Run(name, func(t *testing.T) {
			md, sm := scrape("version", "7", "k8s.pod.name", "p", "host.name", "processor's")
			number1(scraped(sm, "up", "gauge").SetEmptyGauge().DataPoints(), t1, c.up)
			number1(scraped(sm, "later", "gauge").SetEmptyGauge().DataPoints(), t2, 1, "a", "b")
			got, _ := encode(t, Settings{TargetInfoInterval: 1}, md)
			require.Equal(t, `target_info{instance="h:9100",job="node",version="7"} `+c.want+` @1000`, got.samples[2].String())
			require.Equal(t, record.Metadata{Type: record.Info, Family: targetInfo}, got.metadata[2])
			require.Len(t, got.samples, 3)
		})
	}
}

func TestScrapedGaugeHistogram(t *testing.T) {
	md, sm := scrape()
	points := scraped(sm, "g", "gaugehistogram").SetEmptyGauge().DataPoints()
	number1(points, t1, 2, "le", "1.0")
	number1(points, t1, 9)
	requireSamples(t, Settings{}, md, `
		g_bucket{instance="h:9100",job="node",le="1.0"} 2 @1000
		g_sum{instance="h:9100",job="node"} 9 @1000`)
}

// Contrib's receiver passes a created timestamp through a float of seconds.
func TestStartTimesSurviveTheReceiversFloat(t *testing.T) {
	for _, ms := range []int64{1_700_000_000_123, 1_700_000_000_001, 1_733_333_333_999, 1} {
		seconds := float64(ms) / 1000
		whole := int64(seconds)
		start := pcommon.Timestamp(whole*1e9 + int64((seconds-float64(whole))*1e9))
		md, sm := scrape()
		number1(counter(scraped(sm, "c_total", "counter")), t1, 1).SetStartTimestamp(start)
		got, _ := encode(t, Settings{}, md)
		require.Equal(t, ms, got.samples[0].start)
	}
}

func TestScrapedMetadata(t *testing.T) {
	md, sm := scrape()
	m := scraped(sm, "size_bytes", "gauge")
	m.SetUnit("By")
	m.SetDescription("How big.\xff")
	number1(m.SetEmptyGauge().DataPoints(), t1, 1)
	m = scraped(sm, "part_ratio", "gauge")
	m.SetUnit("1")
	number1(m.SetEmptyGauge().DataPoints(), t1, 1)
	got, _ := encode(t, Settings{}, md)
	require.Equal(t, []record.Metadata{
		{Type: record.Gauge, Family: "size_bytes", Help: "How big.�", Unit: "bytes"},
		{Type: record.Gauge, Family: "part_ratio", Unit: "ratio"},
	}, got.metadata)
}

func TestScrapedNativeHistogram(t *testing.T) {
	md, sm := scrape()
	p := exponential(scraped(sm, "n", "histogram")).AppendEmpty()
	p.SetTimestamp(t1)
	p.SetScale(3)
	p.SetCount(9)
	p.SetSum(4.5)
	p.SetZeroCount(2)
	p.Positive().SetOffset(-3)
	p.Positive().BucketCounts().FromRaw([]uint64{1, 0, 0, 2, 0, 0, 0, 1})
	p.Negative().BucketCounts().FromRaw([]uint64{3})
	got, _ := encode(t, Settings{SendNativeHistograms: true}, md)
	h := got.samples[0].histogram.ToIntHistogram()
	require.EqualValues(t, 3, h.Schema)
	require.Zero(t, h.ZeroThreshold) // exposed like this, and so it stays
	require.Equal(t, "[{-2 4} {3 1}]", sprint(h.PositiveSpans))
	require.Equal(t, "[{1 1}]", sprint(h.NegativeSpans))
	require.Equal(t, []int64{1, -1, 0, 2, -1}, h.PositiveBuckets)
	require.NoError(t, h.Validate())

	refused := requireSamples(t, Settings{}, md, "")
	require.Equal(t, reasonNativeOff, refused.Refused[0].Reason)
	require.Contains(t, refused.Refused[0].Example, "send_native_histograms")
}

func TestManyResourcesDoNotMakeScrapedSamplesDuplicates(t *testing.T) {
	md, sm := scrape()
	number1(scraped(sm, "a", "gauge").SetEmptyGauge().DataPoints(), t1, 1)
	again := md.ResourceMetrics().AppendEmpty()
	md.ResourceMetrics().At(0).CopyTo(again)
	require.Equal(t, 2, requireSamples(t, Settings{}, md, `
		a{instance="h:9100",job="node"} 1 @1000
		a{instance="h:9100",job="node"} 1 @1000`).Samples)
}
