package verbatim

import (
	"fmt"
	"math"
	"testing"
	"unsafe"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

var bucket = labels.FromStrings("__name__", "h_bucket", "job", "node", "instance", "i", "le", "0.5")

func metricsOf(md pmetric.Metrics) pmetric.MetricSlice {
	return md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics()
}

func TestWhatAWriterWrites(t *testing.T) {
	var w Writer
	family := Metadata{Type: model.MetricTypeHistogram, Family: "h", Help: "How long.", Unit: "seconds"}
	require.NoError(t, w.Float(bucket, family, 500, 1000, 7))
	w.Exemplar(exemplar.Exemplar{Labels: labels.FromStrings("trace_id", "00000000000000000000000000000001"), Value: 0.25, Ts: 900, HasTs: true})
	require.NoError(t, w.Float(bucket, family, 0, 2000, math.Float64frombits(value.StaleNaN)))
	md := w.Take()

	require.Zero(t, md.ResourceMetrics().At(0).Resource().Attributes().Len())
	require.Equal(t, 1, metricsOf(md).Len())
	m := metricsOf(md).At(0)
	require.True(t, Is(m))
	kind, ok := Type(m)
	require.True(t, ok)
	require.Equal(t, []string{"h_bucket", "h", "histogram", "How long.", "seconds"}, []string{m.Name(), Family(m), kind, m.Description(), m.Unit()})
	p := m.Gauge().DataPoints().At(0)
	require.Equal(t, map[string]any{"job": "node", "instance": "i", "le": "0.5"}, p.Attributes().AsRaw())
	require.EqualValues(t, 1_000_000_000, p.Timestamp())
	require.EqualValues(t, 500_000_000, p.StartTimestamp())
	require.InDelta(t, 7, p.DoubleValue(), 0)
	x := p.Exemplars().At(0)
	require.True(t, x.TraceID().IsEmpty())
	require.Equal(t, map[string]any{"trace_id": "00000000000000000000000000000001"}, x.FilteredAttributes().AsRaw())
	gone := m.Gauge().DataPoints().At(1)
	require.True(t, gone.Flags().NoRecordedValue())
	require.Equal(t, pmetric.NumberDataPointValueTypeEmpty, gone.ValueType())
}

func TestSeriesOfOneNameShareAMetric(t *testing.T) {
	var w Writer
	for _, name := range []string{"a", "b", "a", "b"} {
		require.NoError(t, w.Float(labels.FromStrings("__name__", name), Metadata{}, 0, 1, 1))
	}
	require.NoError(t, w.Float(labels.FromStrings("__name__", "a"), Metadata{Help: "Another."}, 0, 1, 1))
	metrics := metricsOf(w.Take())
	require.Equal(t, 3, metrics.Len())
	require.Equal(t, 2, metrics.At(0).Gauge().DataPoints().Len())
	kind, _ := Type(metrics.At(0))
	require.Equal(t, "unknown", kind)
	require.Equal(t, "a", Family(metrics.At(0)))
	require.Zero(t, metricsOf(w.Take()).Len(), "Take begins anew")
}

// The scrape loop names families by a piece of the page, whose buffer the next scrape reads into.
func TestTheFamilysMemoryIsNotKept(t *testing.T) {
	page := []byte("h described")
	inPage := func(from, to int) string { return unsafe.String(&page[from], to-from) }
	var w Writer
	require.NoError(t, w.Float(bucket, Metadata{Type: model.MetricTypeHistogram, Family: inPage(0, 1)}, 0, 1000, 7))
	w.Describe(Metadata{Family: inPage(2, 11)})
	metrics := metricsOf(w.Take())
	copy(page, "another page")
	require.Equal(t, "h", Family(metrics.At(0)))
	require.Equal(t, []string{"described", "described"}, []string{metrics.At(1).Name(), Family(metrics.At(1))})
}

func TestWhatCannotBeWritten(t *testing.T) {
	var w Writer
	w.Exemplar(exemplar.Exemplar{}) // belongs to nothing
	require.ErrorIs(t, w.Float(labels.FromStrings("job", "a"), Metadata{}, 0, 1, 1), ErrNoName)
	require.ErrorIs(t, w.Float(labels.FromStrings("__name__", "a", HistogramAttribute, "x"), Metadata{}, 0, 1, 1), ErrReserved)
	require.ErrorIs(t, w.Histogram(bucket, Metadata{}, 0, math.MaxInt64, &histogram.Histogram{}, nil), ErrTime)
	require.ErrorIs(t, w.Histogram(bucket, Metadata{}, 0, math.MaxInt64, nil, &histogram.FloatHistogram{}), ErrTime)
	require.Zero(t, metricsOf(w.Take()).Len())
}

func TestOtherHistogramsAreBytes(t *testing.T) {
	var w Writer
	gauge := &histogram.Histogram{CounterResetHint: histogram.GaugeType, Count: 3, Sum: 1.5, PositiveSpans: []histogram.Span{{Offset: -2, Length: 2}}, PositiveBuckets: []int64{1, 1}}
	custom := &histogram.FloatHistogram{Schema: histogram.CustomBucketsSchema, Count: 1.5, PositiveSpans: []histogram.Span{{Length: 1}}, PositiveBuckets: []float64{1.5}, CustomValues: []float64{1}}
	require.NoError(t, w.Histogram(bucket, Metadata{}, 0, 1, gauge, nil))
	require.NoError(t, w.Histogram(bucket, Metadata{}, 0, 2, nil, custom))
	points := metricsOf(w.Take()).At(0).Gauge().DataPoints()
	for i, want := range []prompb.Histogram{prompb.FromIntHistogram(0, gauge), prompb.FromFloatHistogram(0, custom)} {
		fields, ok := Histogram(points.At(i))
		require.True(t, ok)
		expected, err := want.Marshal()
		require.NoError(t, err)
		require.Equal(t, expected, fields.AsRaw(), "as Prometheus itself writes it")
	}
	_, ok := Histogram(pmetric.NewNumberDataPoint())
	require.False(t, ok)
}

func TestLoneExemplarsAsAWriterWritesThem(t *testing.T) {
	var w Writer
	list := []exemplar.Exemplar{{Labels: labels.FromStrings("trace_id", "1"), Value: 0.25, Ts: 900}, {Value: 2, Ts: 950}}
	require.NoError(t, w.LoneExemplars(bucket, list))
	require.NoError(t, w.Float(bucket, Metadata{}, 0, 1000, 7))
	m := metricsOf(w.Take()).At(0)
	require.Equal(t, 2, m.Gauge().DataPoints().Len())
	p := m.Gauge().DataPoints().At(0)
	require.True(t, LoneExemplars(p))
	require.True(t, p.Flags().NoRecordedValue())
	require.Equal(t, pmetric.NumberDataPointValueTypeEmpty, p.ValueType())
	require.Equal(t, map[string]any{"job": "node", "instance": "i", "le": "0.5", ExemplarsAttribute: true}, p.Attributes().AsRaw())
	require.EqualValues(t, 950_000_000, p.Timestamp())
	require.Equal(t, 2, p.Exemplars().Len())
	require.False(t, LoneExemplars(m.Gauge().DataPoints().At(1)))
	require.Zero(t, m.Gauge().DataPoints().At(1).Exemplars().Len())
	require.ErrorIs(t, w.LoneExemplars(labels.EmptyLabels(), list), ErrNoName)
	require.ErrorIs(t, w.LoneExemplars(labels.FromStrings("__name__", "a", ExemplarsAttribute, "true"), list), ErrReserved)
}

func BenchmarkWriter(b *testing.B) { benchmark(b, &Writer{}) }

func BenchmarkPacker(b *testing.B) { benchmark(b, &Packer{}) }

func benchmark(b *testing.B, w interface {
	Float(ls labels.Labels, m Metadata, start, at int64, v float64) error
	Take() pmetric.Metrics
}) {
	series := make([]labels.Labels, 1000)
	for i := range series {
		series[i] = labels.FromStrings("__name__", "node_systemd_unit_state", "instance", "127.0.0.1:9100", "job", "node",
			"name", fmt.Sprintf("application-%d.service", i), "state", "activating", "type", "simple")
	}
	b.ReportAllocs()
	for b.Loop() {
		for i := range series {
			_ = w.Float(series[i], Metadata{Type: model.MetricTypeGauge, Family: "node_systemd_unit_state"}, 0, 1_800_000_000_000, 1)
		}
		w.Take()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(series)), "ns/sample")
}
