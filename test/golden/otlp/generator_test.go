package otlp

import (
	"fmt"
	"math/rand/v2"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

const (
	started = pcommon.Timestamp(1_000_000_000)
	taken   = pcommon.Timestamp(2_000_000_000)
)

// generator makes metrics as SDKs send them, with what is hard to translate.
type generator struct{ *rand.Rand }

var stale = pmetric.DefaultDataPointFlags.WithNoRecordedValue(true)

func pick[T any](g generator, choices ...T) T { return choices[g.IntN(len(choices))] }

func (g generator) some() bool { return g.IntN(2) == 0 }

// metrics are those of one resource, whose points have one time, so that no series comes twice.
func (g generator) metrics() pmetric.Metrics {
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	for _, name := range []string{"service.name", "service.namespace", "service.instance.id", "zone", "host.name", "os type"} {
		if g.some() {
			rm.Resource().Attributes().PutStr(name, pick(g, "a", "b/c", "d"))
		}
	}
	metrics := rm.ScopeMetrics().AppendEmpty().Metrics()
	for i := range 1 + g.IntN(4) {
		m := metrics.AppendEmpty()
		m.SetName(fmt.Sprintf(pick(g, "http.server.duration%d", "m%d_total", "%d.begins.with.digit", "total.bytes%d", "größe%d"), i))
		m.SetUnit(pick(g, "", "s", "By", "1", "{request}", "By/s", "%"))
		g.points(m)
	}
	return md
}

func (g generator) points(m pmetric.Metric) {
	switch g.IntN(6) {
	case 0:
		g.number(m.SetEmptyGauge().DataPoints())
	case 1:
		sum := m.SetEmptySum()
		sum.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
		sum.SetIsMonotonic(g.some())
		g.number(sum.DataPoints())
	case 2, 3:
		h := m.SetEmptyHistogram()
		h.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
		g.histogram(h.DataPoints().AppendEmpty())
	case 4:
		p := m.SetEmptySummary().DataPoints().AppendEmpty()
		p.SetTimestamp(taken)
		p.SetCount(g.Uint64N(9))
		p.QuantileValues().AppendEmpty().SetQuantile(0.5)
		p.QuantileValues().AppendEmpty().SetQuantile(1)
		g.describe(p, p.SetStartTimestamp)
	case 5:
		h := m.SetEmptyExponentialHistogram()
		h.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
		g.exponential(h.DataPoints().AppendEmpty())
	}
}

func (g generator) number(points pmetric.NumberDataPointSlice) {
	p := points.AppendEmpty()
	p.SetTimestamp(taken)
	p.SetDoubleValue(g.NormFloat64())
	if g.some() {
		p.SetIntValue(g.Int64())
	}
	if g.IntN(5) == 0 {
		p.SetFlags(stale)
	}
	g.describe(p, p.SetStartTimestamp)
}

func (g generator) histogram(p pmetric.HistogramDataPoint) {
	p.SetTimestamp(taken)
	p.ExplicitBounds().FromRaw([]float64{0.005, 1, 2.5, 1e6, 1e21})
	for range 6 {
		count := g.Uint64N(4)
		p.BucketCounts().Append(count)
		p.SetCount(p.Count() + count)
	}
	switch g.IntN(3) {
	case 0:
		p.SetSum(g.Float64())
	case 1:
		p.SetSum(0)
		p.SetFlags(stale)
	}
	g.describe(p, p.SetStartTimestamp)
}

func (g generator) exponential(p pmetric.ExponentialHistogramDataPoint) {
	p.SetTimestamp(taken)
	p.SetScale(g.Int32N(20) - 4)
	p.SetZeroCount(g.Uint64N(3))
	p.SetSum(g.Float64())
	p.SetCount(p.ZeroCount())
	for _, buckets := range []pmetric.ExponentialHistogramDataPointBuckets{p.Positive(), p.Negative()} {
		buckets.SetOffset(g.Int32N(400) - 200)
		for range g.IntN(40) {
			count := max(0, g.IntN(8)-5)
			if p.Scale() > 8 {
				count++ // Prometheus misplaces what follows an empty bucket when it makes the scale coarser
			}
			buckets.BucketCounts().Append(uint64(count))
			p.SetCount(p.Count() + uint64(count))
		}
	}
	g.describe(p, p.SetStartTimestamp)
}

func (g generator) describe(p interface{ Attributes() pcommon.Map }, start func(pcommon.Timestamp)) {
	if g.some() {
		start(started)
	}
	for _, name := range []string{"http.method", "http_method", "zone", "job", "1st", "größe"} {
		if g.IntN(3) == 0 {
			p.Attributes().PutStr(name, pick(g, "GET", "x y", "ü"))
		}
	}
	if g.some() {
		p.Attributes().PutInt("status", g.Int64N(600))
	}
}
