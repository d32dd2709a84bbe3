package remotewritereceiver

import (
	"math"
	"testing"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// point is one sample as the verbatim convention has it.
type point struct {
	labels    map[string]any // the name included
	at, start int64
	bits      uint64
	lone      bool              // exemplars without a sample
	buckets   *buckets          // of an ExponentialHistogram
	native    *prompb.Histogram // of bytes
	exemplars []example
	about     [4]string // type, family, help, unit
}

type example struct {
	labels map[string]any
	at     int64
	value  float64
}

// buckets are those of a histogram by the index of their upper bounds, the empty ones left out.
type buckets struct {
	schema              int32
	count, zero         uint64
	sum, threshold      float64
	positive, negative  map[int32]uint64
	unset, hasStaleMark bool
}

// read is what stands in metrics, in order.
func read(t testing.TB, all []pmetric.Metrics) (points []point) {
	t.Helper()
	for _, md := range all {
		require.Zero(t, md.ResourceMetrics().At(0).Resource().Attributes().Len())
		metrics := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics()
		for i := range metrics.Len() {
			points = append(points, readMetric(t, metrics.At(i))...)
		}
	}
	return points
}

func about(m pmetric.Metric) [4]string {
	kind, _ := verbatim.Type(m)
	return [4]string{kind, verbatim.Family(m), m.Description(), m.Unit()}
}

func readMetric(t testing.TB, m pmetric.Metric) (points []point) {
	t.Helper()
	require.True(t, verbatim.Is(m))
	with := func(attributes pcommon.Map, at, start pcommon.Timestamp, exemplars pmetric.ExemplarSlice) point {
		p := point{labels: attributes.AsRaw(), at: int64(at) / 1_000_000, start: int64(start) / 1_000_000, about: about(m)}
		p.labels["__name__"] = m.Name()
		for i := range exemplars.Len() {
			x := exemplars.At(i)
			p.exemplars = append(p.exemplars, example{x.FilteredAttributes().AsRaw(), int64(x.Timestamp()) / 1_000_000, x.DoubleValue()})
		}
		return p
	}
	if m.Type() == pmetric.MetricTypeExponentialHistogram {
		for _, p := range m.ExponentialHistogram().DataPoints().All() {
			one := with(p.Attributes(), p.Timestamp(), p.StartTimestamp(), p.Exemplars())
			one.buckets = &buckets{
				schema: p.Scale(), count: p.Count(), zero: p.ZeroCount(), sum: p.Sum(), threshold: p.ZeroThreshold(),
				positive: dense(p.Positive()), negative: dense(p.Negative()), hasStaleMark: p.Flags().NoRecordedValue(), unset: !p.HasSum(),
			}
			points = append(points, one)
		}
		return points
	}
	for _, p := range m.Gauge().DataPoints().All() {
		one := with(p.Attributes(), p.Timestamp(), p.StartTimestamp(), p.Exemplars())
		one.bits = math.Float64bits(p.DoubleValue())
		if p.Flags().NoRecordedValue() {
			one.bits = value.StaleNaN
		}
		if one.lone = verbatim.LoneExemplars(p); one.lone {
			require.True(t, p.Flags().NoRecordedValue(), "other exporters take it for a staleness marker")
			require.NotEmpty(t, one.exemplars)
			delete(one.labels, verbatim.ExemplarsAttribute)
			one.bits = 0
		}
		if fields, ok := verbatim.Histogram(p); ok {
			delete(one.labels, verbatim.HistogramAttribute)
			one.native = &prompb.Histogram{}
			require.NoError(t, one.native.Unmarshal(fields.AsRaw()))
			one.native.Timestamp = one.at
		}
		points = append(points, one)
	}
	return points
}

func dense(b pmetric.ExponentialHistogramDataPointBuckets) map[int32]uint64 {
	counts := map[int32]uint64{}
	for i, n := range b.BucketCounts().All() {
		if n != 0 {
			counts[b.Offset()+int32(i)+1] = n
		}
	}
	return counts
}

// bucketsOf are those of a histogram, by Prometheus's own iterators.
func bucketsOf(h *histogram.Histogram) *buckets {
	walk := func(it histogram.BucketIterator[uint64]) map[int32]uint64 {
		counts := map[int32]uint64{}
		for it.Next() {
			if b := it.At(); b.Count != 0 {
				counts[b.Index] = b.Count
			}
		}
		return counts
	}
	return &buckets{
		schema: h.Schema, count: h.Count, zero: h.ZeroCount, sum: h.Sum, threshold: h.ZeroThreshold,
		positive: walk(h.PositiveBucketIterator()), negative: walk(h.NegativeBucketIterator()),
	}
}
