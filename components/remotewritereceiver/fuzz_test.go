package remotewritereceiver

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Whatever comes is answered with a status of the specification, and what is taken can be read back. The first byte of the
// input says what the pipeline does, and whether the rest is compressed yet.
func FuzzV1(f *testing.F) {
	whole, float := histograms()
	s := one(1, series...)
	s.Exemplars = []prompb.Exemplar{{Labels: pairs("trace_id", "1"), Timestamp: t0}}
	h := prompb.TimeSeries{Labels: pairs("__name__", "h")}
	for i := range whole {
		h.Histograms = append(h.Histograms, prompb.FromIntHistogram(t0, whole[i]))
	}
	for i := range float {
		h.Histograms = append(h.Histograms, prompb.FromFloatHistogram(t0, float[i]))
	}
	stray := prompb.TimeSeries{Labels: pairs(series...), Exemplars: s.Exemplars}
	lone := prompb.TimeSeries{Labels: pairs("__name__", "lone"), Exemplars: s.Exemplars}
	for _, message := range []prompb.WriteRequest{
		{Timeseries: []prompb.TimeSeries{lone, s, lone}},
		{Timeseries: []prompb.TimeSeries{s, one(2, "z", "", "__name__", "a"), one(1), stray}},
		{Timeseries: []prompb.TimeSeries{h}},
		{Timeseries: []prompb.TimeSeries{s}, Metadata: []prompb.MetricMetadata{described(prompb.MetricMetadata_HISTOGRAM, "h"), {}}},
	} {
		seed(f, &message)
	}
	fuzz(f, typeV1)
}

func FuzzV2(f *testing.F) {
	whole, float := histograms()
	request := newRequest2()
	request.add(samples2(1), "counter", "Help.", "seconds", series...)
	h := writev2.TimeSeries{Exemplars: []writev2.Exemplar{{LabelsRefs: request.refs("trace_id", "1"), Timestamp: t0}}}
	request.add(h, "histogram", "", "", series...)
	for i := range whole {
		h.Histograms = append(h.Histograms, writev2.FromIntHistogram(t0-1, t0, whole[i]))
	}
	for i := range float {
		h.Histograms = append(h.Histograms, writev2.FromFloatHistogram(t0-1, t0, float[i]))
	}
	request.add(h, "histogram", "", "", "__name__", "h")
	request.add(writev2.TimeSeries{Exemplars: h.Exemplars}, "", "", "", "__name__", "lone")
	seed(f, request.message())
	bad := newRequest2()
	bad.add(writev2.TimeSeries{}, "", "", "", "__name__", "a")
	bad.add(samples2(1), "", "", "", "job", "a")
	bad.series = append(bad.series, writev2.TimeSeries{LabelsRefs: []uint32{1, 99, 3}, Samples: make([]writev2.Sample, 1)})
	seed(f, bad.message())
	fuzz(f, typeV2)
}

func seed(f *testing.F, message marshaler) {
	f.Helper()
	raw, err := message.Marshal()
	require.NoError(f, err)
	f.Add(append([]byte{0}, raw...))
	f.Add(append([]byte{1}, snappy.Encode(nil, raw)...))
	f.Add(append([]byte{2}, raw...))
	f.Add(append([]byte{4}, raw...))
	f.Add(append([]byte{0}, raw[:len(raw)-3]...))
}

const (
	isCompressed    = 1
	pipelineFull    = 2
	pipelineRefuses = 4
)

func fuzz(f *testing.F, contentType string) {
	f.Helper()
	config := testConfig()
	config.HTTP.MaxRequestBodySize, config.MaxDecompressedBodySize = 1<<16, 1<<17
	var outcome error
	taken := 0
	var running *testing.T
	h := testHandler(f, config, consume(f, func(_ context.Context, md pmetric.Metrics) error {
		for _, p := range read(running, []pmetric.Metrics{md}) {
			if !p.lone {
				taken++
			}
		}
		return outcome
	}))
	codes := []int{http.StatusNoContent, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusServiceUnavailable}
	f.Fuzz(func(t *testing.T, input []byte) {
		if len(input) == 0 {
			return
		}
		body := input[1:]
		if input[0]&isCompressed == 0 {
			body = snappy.Encode(nil, body)
		}
		running, outcome, taken = t, nil, 0
		switch {
		case input[0]&pipelineFull != 0:
			outcome = errors.New("full")
		case input[0]&pipelineRefuses != 0:
			outcome = consumererror.NewPermanent(errors.New("never"))
		}
		before := h.telemetry.samples.Load()
		answer := serve(h, contentType, body)
		require.True(t, slices.Contains(codes, answer.status), answer.status)
		kept := h.telemetry.samples.Load() - before
		switch {
		case outcome != nil:
			require.Zero(t, kept)
			require.True(t, taken == 0 || answer.status != http.StatusNoContent, "an answer of success for what was refused")
		default:
			require.EqualValues(t, taken, kept)
			require.NotEqual(t, http.StatusServiceUnavailable, answer.status)
		}
		if answer.status != http.StatusNoContent {
			require.Equal(t, 1, bytes.Count([]byte(answer.text), []byte("\n")))
			require.LessOrEqual(t, len(answer.text), maxText+1)
		}
	})
}
