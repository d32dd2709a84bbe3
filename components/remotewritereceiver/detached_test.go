package remotewritereceiver

import (
	"net/http"
	"testing"

	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// detachedOf is a TimeSeries with exemplars only, one of each timestamp.
func detachedOf(ls []prompb.Label, timestamps ...int64) prompb.TimeSeries {
	s := prompb.TimeSeries{Labels: ls}
	for _, at := range timestamps {
		s.Exemplars = append(s.Exemplars, prompb.Exemplar{Labels: pairs("trace_id", "1"), Value: 1, Timestamp: at})
	}
	return s
}

// detachedRequest has detached series before, behind and without a sample of their series.
func detachedRequest() *prompb.WriteRequest {
	a, b, c, d := pairs("__name__", "a"), pairs("__name__", "b"), pairs("__name__", "c", "job", "x"), pairs("__name__", "d")
	return &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{
		detachedOf(b, t0), one(1, "__name__", "a"), detachedOf(c, t0+5, t0+3), one(2, "__name__", "b"), detachedOf(a, t0, t0+1),
		detachedOf(a, t0+2), detachedOf(d, t0+1), one(3, "__name__", "a"), detachedOf(c, t0+7),
	}}
}

// Prometheus sends exemplars as series of their own, behind the samples of a whole scrape.
func TestDetachedExemplarsAreAttachedOrLone(t *testing.T) {
	var sink consumertest.MetricsSink
	r := start(t, testConfig(), &sink)
	got := post(t, r.url, typeV1, bytesOf(t, detachedRequest()))
	require.Equal(t, http.StatusNoContent, got.status, got.text)
	type one struct {
		name      any
		lone      bool
		at        int64
		exemplars int
	}
	var all []one
	for _, p := range read(t, sink.AllMetrics()) {
		all = append(all, one{p.labels["__name__"], p.lone, p.at, len(p.exemplars)})
	}
	require.Equal(t, []one{
		{"a", false, t0, 3}, {"a", false, t0, 0}, {"b", false, t0, 1}, {"c", true, t0 + 7, 3}, {"d", true, t0 + 1, 1},
	}, all)
	require.EqualValues(t, 8, r.sum(t, "accepted_exemplars", "", ""))
	require.EqualValues(t, 3, r.sum(t, "accepted_samples", "", ""))
	require.Zero(t, r.sum(t, "refused_exemplars", "", ""))
}

func TestLoneExemplarsArePacked(t *testing.T) {
	var sink consumertest.MetricsSink
	r := startWith(t, testConfig(), &sink, hostOf("managed_prometheus"))
	require.Equal(t, http.StatusNoContent, post(t, r.url, typeV1, bytesOf(t, detachedRequest())).status)
	written, ok := verbatim.Packed(sink.AllMetrics()[0].ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0))
	require.True(t, ok)
	samples, _ := unpack(t, written)
	require.Len(t, samples, 5)
	var got prompb.TimeSeries
	require.Equal(t, record.LoneExemplars, samples[3].Kind)
	require.Equal(t, t0+7, samples[3].Timestamp)
	require.NoError(t, got.Unmarshal(append(append([]byte{}, samples[3].Labels...), samples[3].Exemplars...)))
	require.Equal(t, detachedOf(pairs("__name__", "c", "job", "x"), t0+5, t0+3, t0+7), got)
}

func TestLoneExemplarsOfV2(t *testing.T) {
	request := newRequest2()
	apart := writev2.TimeSeries{Exemplars: []writev2.Exemplar{{LabelsRefs: request.refs("trace_id", "1"), Value: 1, Timestamp: t0}}}
	request.add(samples2(1), "", "", "", "__name__", "a", "b", "c")
	request.add(apart, "", "", "", "__name__", "a", "b", "c")
	request.add(apart, "counter", "Help.", "", "__name__", "a", "b", "d")
	got, all := takeAll(t, typeV2, request.bytes(t))
	require.Equal(t, http.StatusNoContent, got.status, got.text)
	require.Equal(t, "1 0 2", got.written())
	points := read(t, all)
	require.Len(t, points, 2)
	require.Len(t, points[0].exemplars, 1)
	require.True(t, points[1].lone)
	require.Equal(t, map[string]any{"__name__": "a", "b": "d"}, points[1].labels)
}

func TestInvalidLoneExemplars(t *testing.T) {
	message := &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{
		one(1, "__name__", "a"), detachedOf(pairs("job", "no name"), t0, t0+1), detachedOf(pairs("job", "no name"), t0),
		detachedOf(pairs("__name__", "b"), maxTime+1, t0), detachedOf(pairs("__name__", "b", verbatim.ExemplarsAttribute, "true"), t0),
	}}
	var sink consumertest.MetricsSink
	r := start(t, testConfig(), &sink)
	got := post(t, r.url, typeV1, bytesOf(t, message))
	require.Equal(t, http.StatusBadRequest, got.status)
	require.Contains(t, got.text, "timeseries[1]")
	require.Contains(t, got.text, "and 3 more")
	points := read(t, sink.AllMetrics())
	require.Len(t, points, 2)
	require.Len(t, points[1].exemplars, 1)
	require.EqualValues(t, 4, r.sum(t, "refused_exemplars", "reason", "invalid_labels"))
	require.EqualValues(t, 1, r.sum(t, "refused_exemplars", "reason", "out_of_bounds"))
}

// Exemplars of a sample that was refused must not go to the sample before it. Prometheus keeps them, too.
func TestExemplarsOfARefusedSampleAreLone(t *testing.T) {
	bad := prompb.TimeSeries{
		Labels: pairs("__name__", "a"), Samples: []prompb.Sample{{Timestamp: 1 << 62}}, Exemplars: []prompb.Exemplar{{Timestamp: t0}},
	}
	message := &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{one(1, "__name__", "a"), bad}}
	got, all := takeAll(t, typeV1, bytesOf(t, message))
	require.Equal(t, http.StatusBadRequest, got.status)
	points := read(t, all)
	require.Len(t, points, 2)
	require.Empty(t, points[0].exemplars)
	require.True(t, points[1].lone)
	require.Len(t, points[1].exemplars, 1)
}
