package remotewritereceiver

import (
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// A sender does not send again what was answered with 400: what is good must be taken.
func TestTheGoodOfARequestIsTaken(t *testing.T) {
	good := func(i int) prompb.TimeSeries { return one(float64(i), "__name__", "good") }
	for name, c := range map[string]struct {
		bad     prompb.TimeSeries
		text    string
		reason  string
		samples int
	}{
		"no name":           {one(1, "job", "j"), `timeseries[1] {job="j"}: it has no label __name__`, "invalid_labels", 1},
		"empty name":        {one(1, "__name__", ""), "no label __name__", "invalid_labels", 1},
		"no labels":         {one(1), "timeseries[1] {}: it has no label __name__", "invalid_labels", 1},
		"name not UTF-8":    {one(1, "__name__", "a\xff"), `value of the label "__name__" is not UTF-8`, "invalid_labels", 1},
		"label not UTF-8":   {one(1, "__name__", "a", "b\xff", "c"), "is empty or not UTF-8", "invalid_labels", 1},
		"label without one": {one(1, "__name__", "a", "", "c"), "is empty or not UTF-8", "invalid_labels", 1},
		"value not UTF-8":   {one(1, "__name__", "a", "b", "\xff"), `value of the label "b" is not UTF-8`, "invalid_labels", 1},
		"label twice":       {one(1, "__name__", "a", "b", "1", "b", "1"), `the label "b" twice`, "invalid_labels", 1},
		"twice, one empty":  {one(1, "__name__", "a", "b", "1", "b", ""), `the label "b" twice`, "invalid_labels", 1},
		"reserved":          {one(1, "__name__", "a", verbatim.HistogramAttribute, "x"), "reserved", "invalid_labels", 1},
		"many labels":       {one(1, pairsOf(maxLabels+1)...), "more than 1024 labels", "invalid_labels", 1},
		"long labels":       {one(1, "__name__", strings.Repeat("x", maxLabelBytes)), "1048576 bytes", "invalid_labels", 1},
		"long label":        {one(1, "__name__", strings.Repeat("x", 1<<24)), "1048576 bytes", "invalid_labels", 1}, // more than labels.Labels can hold
		"time": {prompb.TimeSeries{Labels: pairs("__name__", "a"), Samples: []prompb.Sample{{Timestamp: math.MaxInt64}, {Timestamp: math.MinInt64}}},
			"between the years", "out_of_bounds", 2},
		"histogram": {prompb.TimeSeries{Labels: pairs("__name__", "a"), Histograms: []prompb.Histogram{
			prompb.FromIntHistogram(t0, &histogram.Histogram{Count: 7, Schema: 1}),
		}}, "7", "invalid_histogram", 1},
		"schema": {prompb.TimeSeries{Labels: pairs("__name__", "a"), Histograms: []prompb.Histogram{
			prompb.FromFloatHistogram(t0, &histogram.FloatHistogram{Schema: 77}),
		}}, "77", "invalid_histogram", 1},
		"large histogram": {prompb.TimeSeries{Labels: pairs("__name__", "a"), Histograms: []prompb.Histogram{
			prompb.FromFloatHistogram(t0, &histogram.FloatHistogram{PositiveBuckets: make([]float64, maxHistogramBytes)}),
		}}, "262144 bytes", "too_large", 1},
	} {
		t.Run(name, func(t *testing.T) {
			var sink consumertest.MetricsSink
			r := start(t, testConfig(), &sink)
			message := &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{good(0), c.bad, good(1)}}
			got := post(t, r.url, typeV1, bytesOf(t, message))
			require.Equal(t, http.StatusBadRequest, got.status)
			require.Contains(t, got.text, c.text)
			require.LessOrEqual(t, len(got.text), maxText+1)
			points := read(t, sink.AllMetrics())
			require.Len(t, points, 2)
			require.Equal(t, "good", points[1].labels["__name__"])
			assert.EqualValues(t, c.samples, r.sum(t, "refused_samples", "reason", c.reason))
			assert.EqualValues(t, c.samples, r.sum(t, "refused_samples", "", ""))
			assert.EqualValues(t, 2, r.sum(t, "accepted_samples", "", ""))
		})
	}
}

func pairsOf(n int) (all []string) {
	for i := range n {
		all = append(all, "l"+strings.Repeat("x", i%7)+string(rune('a'+i)), "v")
	}
	return all
}

func TestTheGoodOfARequest2IsTakenAndCounted(t *testing.T) {
	good := func(r *request2) { r.add(samples2(1), "", "", "", "__name__", "good") }
	refer := func(refs ...uint32) func(*request2) {
		return func(r *request2) {
			s := samples2(1)
			s.LabelsRefs = refs
			r.series = append(r.series, s)
		}
	}
	for name, c := range map[string]struct {
		bad     func(r *request2)
		text    string
		written string
	}{
		"odd references": {refer(1), "1 references to symbols, not pairs", "2 0 0"},
		"beyond":         {refer(1, 4711), "it refers to symbol 4711, and the request has 3", "2 0 0"},
		"help beyond": {func(r *request2) {
			good(r)
			r.series[len(r.series)-1].Metadata.HelpRef = 99
		}, "its help: it refers to symbol 99", "2 0 0"},
		"unit beyond": {func(r *request2) {
			good(r)
			r.series[len(r.series)-1].Metadata.UnitRef = 99
		}, "its unit: it refers to symbol 99", "2 0 0"},
		"nothing in it": {func(r *request2) { r.add(writev2.TimeSeries{}, "", "", "", "__name__", "good") }, "neither a sample nor a histogram", "2 0 0"},
		"exemplar": {func(r *request2) {
			s := samples2(1)
			s.Exemplars = []writev2.Exemplar{{LabelsRefs: []uint32{1}}, {LabelsRefs: []uint32{1, 2}, Timestamp: math.MaxInt64}, {LabelsRefs: []uint32{1, 2}}}
			r.add(s, "", "", "", "__name__", "good")
		}, "and 1 more", "3 0 1"},
	} {
		t.Run(name, func(t *testing.T) {
			request := newRequest2()
			good(request)
			c.bad(request)
			good(request)
			got, all := takeAll(t, typeV2, request.bytes(t))
			require.Equal(t, http.StatusBadRequest, got.status, got.text)
			require.Contains(t, got.text, "timeseries[1]")
			require.Contains(t, got.text, c.text)
			require.Equal(t, c.written, got.written())
			require.Len(t, read(t, all), int(c.written[0]-'0'))
		})
	}
}

// References may come packed, or one by one.
func TestReferencesOneByOne(t *testing.T) {
	request := []byte{0x22, 0, 0x22, 8, '_', '_', 'n', 'a', 'm', 'e', '_', '_', 0x22, 1, 'm',
		0x2a, 6, 0x08, 1, 0x08, 2, 0x12, 0}
	got, all := takeAll(t, typeV2, snappyOf(request))
	require.Equal(t, http.StatusNoContent, got.status, got.text)
	require.Equal(t, "m", read(t, all)[0].labels["__name__"])
}

// Nothing of a malformed request is taken, wherever it is malformed.
func TestNothingOfAMalformedRequestIsTaken(t *testing.T) {
	message := &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{one(1, "__name__", "good")}}
	raw, err := message.Marshal()
	require.NoError(t, err)
	for name, tail := range map[string][]byte{
		"top":       {0x0a, 100},
		"label":     {0x0a, 4, 0x0a, 2, 0x0a, 9},
		"sample":    {0x0a, 4, 0x12, 2, 0x09, 1},
		"exemplar":  {0x0a, 6, 0x12, 0, 0x1a, 2, 0x11, 1},
		"histogram": {0x0a, 4, 0x22, 2, 0x10, 0xff},
		"metadata":  {0x1a, 2, 0x0a, 9},
		"field 0":   {0x00, 1},
	} {
		t.Run(name, func(t *testing.T) {
			tail := tail
			if name != "metadata" && name != "top" && name != "field 0" && name != "label" { // of a series that has a name
				labels := raw[2 : 2+15]
				tail = append([]byte{0x0a, byte(len(labels) + len(tail) - 2)}, append(append([]byte{}, labels...), tail[2:]...)...)
			}
			var sink consumertest.MetricsSink
			r := start(t, testConfig(), &sink)
			got := post(t, r.url, typeV1, snappyOf(append(append([]byte{}, raw...), tail...)))
			require.Equal(t, http.StatusBadRequest, got.status)
			require.Contains(t, got.text, "cannot be read")
			require.Empty(t, sink.AllMetrics())
		})
	}
}
