package encode

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/exemplar"
	promhistogram "github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

var verbatimSettings = Settings{
	SendExemplars: true, SendNativeHistograms: true, CustomBuckets: always, TargetInfoInterval: 1, PromoteResourceAttributes: []string{"zone"},
}

func write(t testing.TB, w *verbatim.Writer, ls labels.Labels, start, at int64, v float64) {
	t.Helper()
	require.NoError(t, w.Float(ls, verbatim.Metadata{}, start, at, v))
}

func TestVerbatimSeriesStayAsTheyAre(t *testing.T) {
	var w verbatim.Writer
	for _, ls := range []labels.Labels{
		labels.FromStrings("__name__", "counter_without_suffix", "job", "", "instance", "i"),
		labels.FromStrings("__name__", "h_bucket", "le", "1e+06"),
		labels.FromStrings("__name__", "h_bucket", "le", "01"),
		labels.FromStrings("__name__", "target_info", "service.name", "s", "otel_scope_name", "o"),
		labels.FromStrings("__name__", "with.dots", "ünïcode", "ü", "__tmp", "x", "Upper", "U"),
		labels.FromStrings("__name__", "plain"),
	} {
		write(t, &w, ls, 0, 1000, 1)
	}
	requireSamples(t, verbatimSettings, w.Take(), `
		counter_without_suffix{instance="i"} 1 @1000
		h_bucket{le="1e+06"} 1 @1000
		h_bucket{le="01"} 1 @1000
		target_info{otel_scope_name="o",service.name="s"} 1 @1000
		with.dots{Upper="U",__tmp="x",ünïcode="ü"} 1 @1000
		plain 1 @1000`)
}

func TestVerbatimValuesAreExact(t *testing.T) {
	var w verbatim.Writer
	bits := []uint64{0, 1 << 63, 0x7ff8000000000001, 0x7ff0000000000002, 0x7ff0000000000001, 0xfff8000000000000, 0x7ff0000000000000, 1, 0x7fefffffffffffff}
	for i, b := range bits {
		write(t, &w, labels.FromStrings("__name__", "m"), 0, int64(i), math.Float64frombits(b))
	}
	got, _ := encode(t, verbatimSettings, w.Take())
	require.Len(t, got.samples, len(bits))
	for i, b := range bits {
		require.Equal(t, b, math.Float64bits(got.samples[i].value))
		require.EqualValues(t, i, got.samples[i].at)
	}
}

func TestVerbatimTimes(t *testing.T) {
	var w verbatim.Writer
	const most = math.MaxInt64 / millisecond
	times := []int64{0, 1, -1, -62_135_596_800, most, -most, 1_700_000_000_123}
	for _, at := range times {
		write(t, &w, labels.FromStrings("__name__", "m"), at, at, 1)
	}
	for _, at := range []int64{most + 1, -most - 1, math.MaxInt64, math.MinInt64} {
		require.ErrorIs(t, w.Float(labels.FromStrings("__name__", "m"), verbatim.Metadata{}, 0, at, 1), verbatim.ErrTime)
		require.ErrorIs(t, w.Float(labels.FromStrings("__name__", "m"), verbatim.Metadata{}, at, 0, 1), verbatim.ErrTime)
	}
	got, _ := encode(t, verbatimSettings, w.Take())
	for i, at := range times {
		require.Equal(t, at, got.samples[i].at)
		require.Equal(t, at, got.samples[i].start)
	}
}

func TestVerbatimExemplars(t *testing.T) {
	var w verbatim.Writer
	write(t, &w, labels.FromStrings("__name__", "m"), 0, 1, 1)
	w.Exemplar(exemplar.Exemplar{Labels: labels.FromStrings("trace_id", "abc", "TraceID", "x"), Value: 0.5, Ts: 7, HasTs: true})
	w.Exemplar(exemplar.Exemplar{Labels: labels.FromStrings("span_id", "not hex"), Value: 1})
	requireSamples(t, verbatimSettings, w.Take(), `
		m 1 @1 # {TraceID="x",trace_id="abc"} 0.5 @7 # {span_id="not hex"} 1 @0`)
}

func TestVerbatimMetadata(t *testing.T) {
	var w verbatim.Writer
	family := verbatim.Metadata{Type: model.MetricTypeHistogram, Family: "h", Help: "How long.", Unit: "seconds"}
	require.NoError(t, w.Float(labels.FromStrings("__name__", "h_bucket", "le", "1"), family, 0, 1, 1))
	require.NoError(t, w.Float(labels.FromStrings("__name__", "h_sum"), family, 0, 1, 1))
	w.Describe(verbatim.Metadata{Type: model.MetricTypeInfo, Family: "alone", Help: "No samples."})
	got, b := encode(t, verbatimSettings, w.Take())
	want := record.Metadata{Type: record.HistogramType, Family: "h", Help: "How long.", Unit: "seconds"}
	require.Equal(t, []record.Metadata{want, want}, got.metadata)
	require.Equal(t, record.AppendMetadata(nil, &record.Metadata{Type: record.Info, Family: "alone", Help: "No samples."}), b.Metadata)
}

func TestVerbatimIsNotTakenForDuplicatesNorPutInOrder(t *testing.T) {
	var w verbatim.Writer
	md := pmetric.NewMetrics()
	for _, at := range []int64{5, 3, 3} {
		write(t, &w, labels.FromStrings("__name__", "m"), 0, at, 1)
		write(t, &w, labels.FromStrings("__name__", "m"), 0, at-1, 1)
		w.Take().ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
	}
	got, b := encode(t, verbatimSettings, md)
	require.Empty(t, b.Refused)
	require.Equal(t, []string{"m 1 @5", "m 1 @4", "m 1 @3", "m 1 @2", "m 1 @3", "m 1 @2"}, got.texts())
}

func TestMarkedDataThatBreakTheConvention(t *testing.T) {
	md, sm := resource()
	marked := func(name string) pmetric.Metric {
		m := metric(sm, name)
		m.Metadata().PutBool(verbatim.MarkerKey, true)
		return m
	}
	number1(counter(marked("sum")), t1, 1)
	number1(marked("").SetEmptyGauge().DataPoints(), t1, 1)
	p := number1(marked("text").SetEmptyGauge().DataPoints(), t1, 1)
	p.Attributes().PutStr(verbatim.HistogramAttribute, "not bytes")
	b := requireSamples(t, verbatimSettings, md, "text 1 @1000")
	require.Equal(t, 2, b.Refused[0].Count)
}

// Histograms of any kind come out as Prometheus itself would have written them.
func TestVerbatimHistograms(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	integers := []*promhistogram.Histogram{
		{}, {Sum: staleNaN}, {Sum: staleNaN, Count: 1}, {Schema: -4, ZeroThreshold: 0.001, Count: 5, ZeroCount: 5, Sum: math.Copysign(0, -1)},
		{CounterResetHint: promhistogram.GaugeType, Sum: staleNaN}, {Schema: 9}, {CounterResetHint: promhistogram.NotCounterReset},
		{Count: 2, PositiveSpans: []promhistogram.Span{{Offset: 0, Length: 1}, {Offset: 2, Length: 1}}, PositiveBuckets: []int64{1, 0}},
		{Count: 2, PositiveSpans: []promhistogram.Span{{Offset: -7, Length: 1}, {Offset: 3_000_000, Length: 1}}, PositiveBuckets: []int64{1, 0}},
		{PositiveSpans: []promhistogram.Span{{Offset: 1, Length: 3}}, PositiveBuckets: []int64{0, 0, 0}},
		{PositiveSpans: []promhistogram.Span{{Offset: math.MinInt32, Length: 1}}, PositiveBuckets: []int64{1}},
		{NegativeSpans: []promhistogram.Span{{Offset: math.MaxInt32, Length: 1}}, NegativeBuckets: []int64{1}},
		{CounterResetHint: promhistogram.GaugeType, Count: 1, PositiveSpans: []promhistogram.Span{{Offset: 0, Length: 1}}, PositiveBuckets: []int64{1}},
		{Schema: promhistogram.CustomBucketsSchema, CustomValues: []float64{1, 2.5}, Count: 1, PositiveSpans: []promhistogram.Span{{Offset: 0, Length: 1}}, PositiveBuckets: []int64{1}},
	}
	for range 500 {
		integers = append(integers, randomHistogram(random))
	}
	var w verbatim.Writer
	var want []prompb.Histogram
	ls := labels.FromStrings("__name__", "h", "a", "b")
	for i, h := range integers {
		at := int64(2*i + 1)
		require.NoError(t, w.Histogram(ls, verbatim.Metadata{}, 0, at, h, nil))
		want = append(want, prompb.FromIntHistogram(at, h))
		require.NoError(t, w.Histogram(ls, verbatim.Metadata{}, 0, at+1, nil, h.ToFloat(nil)))
		want = append(want, prompb.FromFloatHistogram(at+1, h.ToFloat(nil)))
	}
	got, _ := encode(t, verbatimSettings, w.Take())
	require.Len(t, got.samples, len(want))
	for i := range want {
		// As bytes, since NaN differs from itself and an empty slice from none.
		a, err := want[i].Marshal()
		require.NoError(t, err)
		b, err := got.samples[i].histogram.Marshal()
		require.NoError(t, err)
		require.Equal(t, a, b, "%s", want[i].String())
	}
}

func randomHistogram(random *rand.Rand) *promhistogram.Histogram {
	h := &promhistogram.Histogram{Schema: random.Int32N(13) - 4, Sum: random.NormFloat64(), ZeroThreshold: pickOf(random, 0, 1e-128, 0.5)}
	for _, side := range []struct {
		spans  *[]promhistogram.Span
		deltas *[]int64
	}{{&h.PositiveSpans, &h.PositiveBuckets}, {&h.NegativeSpans, &h.NegativeBuckets}} {
		before := int64(0)
		for i := range random.IntN(4) {
			offset := random.Int32N(12)
			if i == 0 {
				offset -= 6
			}
			*side.spans = append(*side.spans, promhistogram.Span{Offset: offset, Length: 1 + random.Uint32N(6)})
			for range (*side.spans)[i].Length {
				count := int64(pickOf(random, 0, 1, 2, 9))
				*side.deltas = append(*side.deltas, count-before)
				before = count
				h.Count += uint64(count)
			}
		}
	}
	return h
}

func pickOf(random *rand.Rand, choices ...float64) float64 { return choices[random.IntN(len(choices))] }

// Most histograms of client libraries travel as ExponentialHistogram, which other exporters understand.
func TestCommonHistogramsAreExponential(t *testing.T) {
	var w verbatim.Writer
	h := &promhistogram.Histogram{
		Schema: 3, Count: 7, Sum: 1, ZeroThreshold: 1e-128,
		PositiveSpans: []promhistogram.Span{{Offset: -20, Length: 4}, {Offset: 5, Length: 1}}, PositiveBuckets: []int64{1, -1, 1, 1, 0},
	}
	for i, one := range []*promhistogram.Histogram{h, {Sum: staleNaN}} {
		require.NoError(t, w.Histogram(labels.FromStrings("__name__", "h"), verbatim.Metadata{}, 0, int64(i), one, nil))
	}
	m := w.Take().ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics()
	require.Equal(t, 1, m.Len())
	require.Equal(t, 2, m.At(0).ExponentialHistogram().DataPoints().Len())
	require.True(t, m.At(0).ExponentialHistogram().DataPoints().At(1).Flags().NoRecordedValue())
}

func TestSamplesOfASeriesStayInOrderWhateverTheyAre(t *testing.T) {
	var w verbatim.Writer
	h := &promhistogram.Histogram{Count: 1, ZeroCount: 1}
	for at := range int64(6) {
		for _, series := range []string{"a", "b"} {
			ls := labels.FromStrings("__name__", "m", "series", series)
			if at%2 == 0 {
				write(t, &w, ls, 0, at, 1)
			} else {
				require.NoError(t, w.Histogram(ls, verbatim.Metadata{}, 0, at, h, nil))
			}
		}
	}
	got, _ := encode(t, verbatimSettings, w.Take())
	last := map[string]int64{"a": -1, "b": -1}
	for _, s := range got.samples {
		require.Equal(t, last[s.label("series")]+1, s.at, fmt.Sprint(s))
		last[s.label("series")] = s.at
	}
	require.Len(t, got.samples, 12)
}
