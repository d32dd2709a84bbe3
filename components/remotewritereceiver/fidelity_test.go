package remotewritereceiver

import (
	"math"
	"net/http"
	"testing"

	"github.com/golang/snappy"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

var (
	staleNaN  = math.Float64frombits(value.StaleNaN)
	otherNaN  = math.Float64frombits(0x7ff8_0000_dead_beef)
	series    = []string{"__name__", "h_bucket", "instance", "i:1", "job", "n", "le", "0.5"}
	seriesMap = map[string]any{"__name__": "h_bucket", "instance": "i:1", "job": "n", "le": "0.5"}
	values    = []float64{0, 1.5, math.Inf(1), math.Inf(-1), math.NaN(), otherNaN, staleNaN, math.MaxFloat64, 5e-324}
)

// checkValues tells whether the values came through, to the last bit and in their order.
func checkValues(t *testing.T, points []point) {
	t.Helper()
	require.Len(t, points, len(values))
	for i, v := range values {
		require.Equal(t, math.Float64bits(v), points[i].bits, v)
		require.Equal(t, seriesMap, points[i].labels)
		require.Equal(t, t0+int64(i), points[i].at)
	}
}

func TestFloatsOfV1(t *testing.T) {
	s := prompb.TimeSeries{Labels: pairs(series...)}
	for i, v := range values {
		s.Samples = append(s.Samples, prompb.Sample{Timestamp: t0 + int64(i), Value: v})
	}
	s.Exemplars = []prompb.Exemplar{
		{Labels: pairs("trace_id", "abc", "span_id", "d", "none", ""), Value: 0.25, Timestamp: t0 - 1},
		{Value: math.Inf(1)},
	}
	answer, all := takeAll(t, typeV1, bytesOf(t, &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{s}}))
	require.Equal(t, http.StatusNoContent, answer.status, answer.text)
	require.Empty(t, answer.header.Get(samplesWritten), "1.0 has no written counts")
	points := read(t, all)
	checkValues(t, points)
	require.Equal(t, [4]string{"unknown", "h_bucket", "", ""}, points[0].about)
	require.Equal(t, []example{{map[string]any{"trace_id": "abc", "span_id": "d"}, t0 - 1, 0.25}, {map[string]any{}, 0, math.Inf(1)}},
		points[len(points)-1].exemplars)
}

func TestFloatsOfV2(t *testing.T) {
	request := newRequest2()
	var s writev2.TimeSeries
	for i, v := range values {
		s.Samples = append(s.Samples, writev2.Sample{Timestamp: t0 + int64(i), Value: v, StartTimestamp: t0 - 1000})
	}
	s.Exemplars = []writev2.Exemplar{{LabelsRefs: request.refs("trace_id", "abc"), Value: 0.25, Timestamp: t0 - 1}}
	request.add(s, model.MetricTypeHistogram, "How long.", "seconds", series...)
	answer, all := takeAll(t, typeV2, request.bytes(t))
	require.Equal(t, http.StatusNoContent, answer.status, answer.text)
	require.Equal(t, "9 0 1", answer.written())
	points := read(t, all)
	checkValues(t, points)
	require.Equal(t, [4]string{"histogram", "h", "How long.", "seconds"}, points[0].about)
	require.Equal(t, t0-1000, points[0].start)
	require.Equal(t, []example{{map[string]any{"trace_id": "abc"}, t0 - 1, 0.25}}, points[len(points)-1].exemplars)
}

// histograms are of every kind that Prometheus has.
func histograms() (whole []*histogram.Histogram, float []*histogram.FloatHistogram) {
	plain := histogram.Histogram{
		Schema: 3, Count: 19, Sum: 18.4, ZeroThreshold: 1e-128, ZeroCount: 2,
		PositiveSpans: []histogram.Span{{Offset: -2, Length: 2}, {Offset: 5, Length: 2}}, PositiveBuckets: []int64{1, 1, -1, 0},
		NegativeSpans: []histogram.Span{{Offset: 7, Length: 2}}, NegativeBuckets: []int64{5, 2},
	}
	with := func(change func(h *histogram.Histogram)) *histogram.Histogram {
		h := plain.Copy()
		change(h)
		return h
	}
	whole = []*histogram.Histogram{
		&plain,
		with(func(h *histogram.Histogram) { h.CounterResetHint = histogram.CounterReset }),
		with(func(h *histogram.Histogram) { h.CounterResetHint = histogram.NotCounterReset }),
		with(func(h *histogram.Histogram) { h.CounterResetHint = histogram.GaugeType }),
		with(func(h *histogram.Histogram) { h.Sum = math.NaN(); h.Count = 30 }),
		{
			Schema: histogram.CustomBucketsSchema, Count: 3, Sum: 4, CustomValues: []float64{0.5, 1},
			PositiveSpans: []histogram.Span{{Offset: 0, Length: 2}}, PositiveBuckets: []int64{1, 1},
		},
		{Sum: staleNaN},
	}
	gauge := plain.ToFloat(nil)
	gauge.CounterResetHint = histogram.GaugeType
	float = []*histogram.FloatHistogram{plain.ToFloat(nil), gauge, whole[5].ToFloat(nil), {Sum: staleNaN}}
	return whole, float
}

// checkHistograms compares what was written with what was sent.
func checkHistograms(t *testing.T, points []point, start int64) {
	t.Helper()
	whole, float := histograms()
	require.Len(t, points, len(whole)+len(float))
	for i, p := range points {
		require.Equal(t, seriesMap, p.labels)
		require.Equal(t, t0+int64(i), p.at, "samples keep their order")
		require.Equal(t, start, p.start)
		switch {
		case i >= len(whole):
			requireSame(t, prompb.FromFloatHistogram(p.at, float[i-len(whole)]), p.native)
		case i == len(whole)-1:
			require.True(t, p.buckets.hasStaleMark)
		case p.buckets != nil && math.IsNaN(whole[i].Sum):
			require.True(t, math.IsNaN(p.buckets.sum))
		case p.buckets != nil:
			require.Equal(t, bucketsOf(whole[i]), p.buckets)
		default:
			requireSame(t, prompb.FromIntHistogram(p.at, whole[i]), p.native)
		}
	}
	require.NotNil(t, points[0].buckets, "an ordinary histogram is one for other exporters too")
	require.NotNil(t, points[1].native)
}

// requireSame compares to the bit, NaN included.
func requireSame(t *testing.T, want prompb.Histogram, got *prompb.Histogram) {
	t.Helper()
	expected, err := want.Marshal()
	require.NoError(t, err)
	actual, err := got.Marshal()
	require.NoError(t, err)
	require.Equal(t, expected, actual)
}

func TestHistogramsOfV1(t *testing.T) {
	s := prompb.TimeSeries{Labels: pairs(series...)}
	whole, float := histograms()
	for _, h := range whole {
		s.Histograms = append(s.Histograms, prompb.FromIntHistogram(t0+int64(len(s.Histograms)), h))
	}
	for _, h := range float {
		s.Histograms = append(s.Histograms, prompb.FromFloatHistogram(t0+int64(len(s.Histograms)), h))
	}
	s.Exemplars = []prompb.Exemplar{{Labels: pairs("trace_id", "abc"), Value: 1, Timestamp: t0}}
	answer, all := takeAll(t, typeV1, bytesOf(t, &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{s}}))
	require.Equal(t, http.StatusNoContent, answer.status, answer.text)
	points := read(t, all)
	checkHistograms(t, points, 0)
	require.Len(t, points[len(points)-1].exemplars, 1, "exemplars stand before histograms on the wire")
}

func TestHistogramsOfV2(t *testing.T) {
	request := newRequest2()
	var s writev2.TimeSeries
	whole, float := histograms()
	for _, h := range whole {
		s.Histograms = append(s.Histograms, writev2.FromIntHistogram(t0-5, t0+int64(len(s.Histograms)), h))
	}
	for _, h := range float {
		s.Histograms = append(s.Histograms, writev2.FromFloatHistogram(t0-5, t0+int64(len(s.Histograms)), h))
	}
	request.add(s, model.MetricTypeHistogram, "", "", series...)
	answer, all := takeAll(t, typeV2, request.bytes(t))
	require.Equal(t, http.StatusNoContent, answer.status, answer.text)
	require.Equal(t, "0 11 0", answer.written())
	checkHistograms(t, read(t, all), t0-5)
}

// Prometheus's own messages leave a zero out, that with a sign too; other senders do not.
func TestAZeroKeepsItsSign(t *testing.T) {
	negative := []byte{0x0a, 0x1a, // a series
		0x0a, 0x0d, 0x0a, 8, '_', '_', 'n', 'a', 'm', 'e', '_', '_', 0x12, 1, 'm', // a label
		0x12, 9, 1<<3 | wire64, 0, 0, 0, 0, 0, 0, 0, 0x80} // a sample
	answer, all := takeAll(t, typeV1, snappy.Encode(nil, negative))
	require.Equal(t, http.StatusNoContent, answer.status, answer.text)
	require.Equal(t, math.Float64bits(math.Copysign(0, -1)), read(t, all)[0].bits)
}

// What Prometheus puts right, it is put right here: order of labels, and empty ones.
func TestLabelsArePutInOrder(t *testing.T) {
	message := &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{one(1, "z", "1", "empty", "", "__name__", "m", "a b.ç", "ü")}}
	answer, all := takeAll(t, typeV1, bytesOf(t, message))
	require.Equal(t, http.StatusNoContent, answer.status, answer.text)
	require.Equal(t, map[string]any{"z": "1", "__name__": "m", "a b.ç": "ü"}, read(t, all)[0].labels)
}

// What was handed on must not change when the memory of the request is used for the next one.
func TestNothingPointsIntoTheRequest(t *testing.T) {
	var kept []pmetric.Metrics
	h := testHandler(t, testConfig(), keepAll(t, &kept))
	for range 20 { // the pool may give other memory under the race detector
		for _, c := range bodies(t) {
			require.Equal(t, http.StatusNoContent, serve(h, c.contentType, c.body).status)
		}
	}
	for i := range kept {
		c := bodies(t)[i%len(bodies(t))]
		require.Equal(t, c.name, read(t, kept[i:i+1])[0].labels["__name__"])
		require.Equal(t, c.help, read(t, kept[i:i+1])[0].about[2])
	}
}
