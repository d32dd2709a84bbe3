package encode

import (
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// What contrib's receiver does not pass on cannot be restored. Each case has the exposition that Prometheus would have
// stored otherwise; the points are what the receiver makes of it. docs/fidelity.md lists them.
func TestDifferences(t *testing.T) {
	for name, c := range map[string]struct {
		points func(pmetric.ScopeMetrics)
		want   string
	}{
		// h_sum 9, h_count 7, and no bucket at all.
		"a histogram without buckets gets one": {func(sm pmetric.ScopeMetrics) {
			histogram1(histogram(scraped(sm, "h", "histogram")), t1, nil, []uint64{7}, 9)
		}, `
			h_sum{instance="h:9100",job="node"} 9 @1000
			h_count{instance="h:9100",job="node"} 7 @1000
			h_bucket{instance="h:9100",job="node",le="+Inf"} 7 @1000`},
		// h_bucket{le="1"} 2, h_count 2.5; no bucket +Inf, no sum.
		"counts that are not whole lose their fraction": {func(sm pmetric.ScopeMetrics) {
			p := histogram1(histogram(scraped(sm, "h", "histogram")), t1, []float64{1}, []uint64{2, 0}, 0)
			p.RemoveSum()
		}, `
			h_count{instance="h:9100",job="node"} 2 @1000
			h_bucket{instance="h:9100",job="node",le="1.0"} 2 @1000
			h_bucket{instance="h:9100",job="node",le="+Inf"} 2 @1000`},
		// s_count 3 and no s_sum.
		"a summary without a sum gets one": {func(sm pmetric.ScopeMetrics) {
			p := scraped(sm, "s", "summary").SetEmptySummary().DataPoints().AppendEmpty()
			p.SetTimestamp(t1)
			p.SetCount(3)
		}, `
			s_sum{instance="h:9100",job="node"} 0 @1000
			s_count{instance="h:9100",job="node"} 3 @1000`},
		// Buckets 1 and 3 vanish, bucket 2 stays.
		"a bucket between two that vanish goes stale with them": {func(sm pmetric.ScopeMetrics) {
			p := histogram1(histogram(scraped(sm, "h", "histogram")), t1, []float64{1, 2, 3}, []uint64{vanished, vanished, vanished, vanished}, 9)
			p.SetCount(8)
			p.RemoveSum()
		}, `
			h_count{instance="h:9100",job="node"} 8 @1000
			h_bucket{instance="h:9100",job="node",le="1.0"} stale @1000
			h_bucket{instance="h:9100",job="node",le="2.0"} stale @1000
			h_bucket{instance="h:9100",job="node",le="3.0"} stale @1000
			h_bucket{instance="h:9100",job="node",le="+Inf"} 8 @1000`},
		// h_bucket{le="1"} 1 and h_bucket{le="1.0"} 1: Prometheus keeps the first and drops the other.
		"of one bound in two spellings either may stay": {func(sm pmetric.ScopeMetrics) {
			p := histogram1(histogram(scraped(sm, "h", "histogram")), t1, []float64{1, 1, 2}, []uint64{1, 0, 2, 0}, 9)
			p.RemoveSum()
		}, `
			h_count{instance="h:9100",job="node"} 3 @1000
			h_bucket{instance="h:9100",job="node",le="1.0"} 1 @1000
			h_bucket{instance="h:9100",job="node",le="2.0"} 3 @1000
			h_bucket{instance="h:9100",job="node",le="+Inf"} 3 @1000`},
		// m{otel_scope_name="lib"} 1, and otel_scope_info{otel_scope_name="lib",colour="red"} 1.
		"labels of otel_scope_info move to the series of the scope": {func(sm pmetric.ScopeMetrics) {
			sm.Scope().SetName("lib")
			sm.Scope().SetVersion("")
			sm.Scope().Attributes().PutStr("colour", "red")
			number1(scraped(sm, "m", "gauge").SetEmptyGauge().DataPoints(), t1, 1)
		}, `m{instance="h:9100",job="node",otel_scope_colour="red",otel_scope_name="lib"} 1 @1000`},
		// c_total 1 # {Trace_ID="ab"} 1
		"a trace_id that is not 16 bytes long is padded": {func(sm pmetric.ScopeMetrics) {
			p := number1(counter(scraped(sm, "c_total", "counter")), t1, 1)
			exemplar1(p.Exemplars(), t1, 1).SetTraceID(pcommon.TraceID{15: 0xab})
		}, `c_total{instance="h:9100",job="node"} 1 @1000 # {trace_id="000000000000000000000000000000ab"} 1 @1000`},
		// The bucket 2 has an exemplar with the value 0.5.
		"an exemplar goes to the bucket of its value": {func(sm pmetric.ScopeMetrics) {
			p := histogram1(histogram(scraped(sm, "h", "histogram")), t1, []float64{1, 2}, []uint64{1, 1, 0}, 0)
			p.RemoveSum()
			exemplar1(p.Exemplars(), t1, 0.5, "a", "b")
		}, `
			h_count{instance="h:9100",job="node"} 2 @1000
			h_bucket{instance="h:9100",job="node",le="1.0"} 1 @1000 # {a="b"} 0.5 @1000
			h_bucket{instance="h:9100",job="node",le="2.0"} 2 @1000
			h_bucket{instance="h:9100",job="node",le="+Inf"} 2 @1000`},
		// A native histogram with the custom bounds 1 and 2.
		"custom buckets become a classic histogram": {func(sm pmetric.ScopeMetrics) {
			histogram1(histogram(scraped(sm, "h", "histogram")), t1, []float64{1, 2}, []uint64{1, 1, 0}, 3)
		}, `
			h_sum{instance="h:9100",job="node"} 3 @1000
			h_count{instance="h:9100",job="node"} 2 @1000
			h_bucket{instance="h:9100",job="node",le="1.0"} 1 @1000
			h_bucket{instance="h:9100",job="node",le="2.0"} 2 @1000
			h_bucket{instance="h:9100",job="node",le="+Inf"} 2 @1000`},
		// Only h_sum vanishes, which the receiver takes for the end of the whole histogram.
		"a sum that vanishes takes the histogram with it": {func(sm pmetric.ScopeMetrics) {
			p := histogram1(histogram(scraped(sm, "h", "histogram")), t1, nil, []uint64{0}, 0)
			p.RemoveSum()
			p.SetFlags(stale)
		}, `
			h_sum{instance="h:9100",job="node"} stale @1000
			h_count{instance="h:9100",job="node"} stale @1000
			h_bucket{instance="h:9100",job="node",le="+Inf"} stale @1000`},
	} {
		t.Run(name, func(t *testing.T) {
			md, sm := scrape()
			c.points(sm)
			requireSamples(t, Settings{SendExemplars: true}, md, c.want)
		})
	}
}

// A target that exposed target_info and does so no longer: the receiver makes attributes of the staleness marker's labels,
// so that the series has one more sample. The same goes for labels that a processor adds to the resource.
func TestTargetInfoOutlivesItsEndByAScrape(t *testing.T) {
	md, sm := scrape("version", "1", "service.version", "2")
	number1(scraped(sm, "up", "gauge").SetEmptyGauge().DataPoints(), t1, 1)
	requireSamples(t, Settings{}, md, `
		up{instance="h:9100",job="node"} 1 @1000
		target_info{instance="h:9100",job="node",version="1"} 1 @1000`)
}

// Prometheus keeps the family of an OpenMetrics counter as the target exposed it, c; the receiver passes on the series' name.
func TestTheFamilyOfAnOpenMetricsCounterIsItsSeries(t *testing.T) {
	md, sm := scrape()
	number1(counter(scraped(sm, "c_total", "counter")), t1, 1)
	got, _ := encode(t, Settings{}, md)
	if got.metadata[0].Family != "c_total" {
		t.Error(got.metadata)
	}
}
