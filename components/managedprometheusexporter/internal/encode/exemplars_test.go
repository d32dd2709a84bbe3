package encode

import (
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

func exemplar1(list pmetric.ExemplarSlice, at pcommon.Timestamp, v float64, pairs ...string) pmetric.Exemplar {
	x := list.AppendEmpty()
	x.SetTimestamp(at)
	x.SetDoubleValue(v)
	put(x.FilteredAttributes(), pairs...)
	return x
}

func TestExemplars(t *testing.T) {
	md, sm := resource()
	p := number1(counter(metric(sm, "c")), t1, 1)
	x := exemplar1(p.Exemplars(), t1, 0.5, "b.c", "1", "trace_id", "attribute's")
	x.SetTraceID(pcommon.TraceID{15: 1})
	x.SetSpanID(pcommon.SpanID{7: 2})
	x = exemplar1(p.Exemplars(), t2, 0, "long", strings.Repeat("ü", 120), "b", "1")
	x.SetIntValue(4)
	x.SetSpanID(pcommon.SpanID{7: 3})
	exemplar1(p.Exemplars(), t2, 0, "bad", "\xff")
	number1(metric(sm, "g").SetEmptyGauge().DataPoints(), t1, 1).Exemplars().AppendEmpty()

	want := `c_total 1 @1000`
	requireSamples(t, Settings{}, md, want+"\ng 1 @1000")
	requireSamples(t, Settings{SendExemplars: true}, md, want+
		` # {b.c="1",span_id="0000000000000002",trace_id="00000000000000000000000000000001"} 0.5 @1000`+
		` # {span_id="0000000000000003"} 4 @2000`+"\ng 1 @1000")
}

func TestExemplarsGoToTheBucketOfTheirValue(t *testing.T) {
	md, sm := scrape()
	p := histogram1(histogram(scraped(sm, "h", "histogram")), t1, []float64{1, 2}, []uint64{1, 1, 1}, 1)
	for _, v := range []float64{0.5, 1, 1.5, 7} {
		exemplar1(p.Exemplars(), t1, v, "v", sprint(v))
	}
	requireSamples(t, Settings{SendExemplars: true}, md, `
		h_sum{instance="h:9100",job="node"} 1 @1000
		h_count{instance="h:9100",job="node"} 3 @1000
		h_bucket{instance="h:9100",job="node",le="1.0"} 1 @1000 # {v="0.5"} 0.5 @1000 # {v="1"} 1 @1000
		h_bucket{instance="h:9100",job="node",le="2.0"} 2 @1000 # {v="1.5"} 1.5 @1000
		h_bucket{instance="h:9100",job="node",le="+Inf"} 3 @1000 # {v="7"} 7 @1000`)
}
