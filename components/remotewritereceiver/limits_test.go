package remotewritereceiver

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"runtime"
	"testing"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// allocated is how many bytes f allocates in all.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A few bytes that declare a large block cost next to nothing, whether or not the limit would allow it.
func TestABombCostsNothing(t *testing.T) {
	h := testHandler(t, testConfig(), consumertest.NewNop())
	for _, bomb := range [][]byte{{0xff, 0xff, 0xff, 0xff, 0x0f, 0}, {0x80, 0x80, 0x80, 0x08, 0}, {0x80, 0x80, 0x80, 0x10, 0xfe, 1, 0}} {
		cost := allocated(func() {
			for range 100 {
				require.GreaterOrEqual(t, serve(h, typeV1, bomb).status, 400)
			}
		})
		require.Less(t, cost, uint64(40<<20), "of 100 requests, under the race detector too, which empties pools")
	}
}

// Two bytes can be a sample with all the labels of its series: such a request is handed on in parts.
func TestARequestThatGrowsIsHandedOnInParts(t *testing.T) {
	const samples = 200_000
	message := &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{
		{Labels: pairs("__name__", "many", "some", "label", "or", "other"), Samples: make([]prompb.Sample, samples)},
	}}
	got, largest, parts := 0, 0, 0
	h := testHandler(t, testConfig(), consume(t, func(_ context.Context, md pmetric.Metrics) error {
		got, largest, parts = got+md.DataPointCount(), max(largest, md.DataPointCount()), parts+1
		return nil
	}))
	require.Equal(t, http.StatusNoContent, serve(h, typeV1, bytesOf(t, message)).status)
	require.Equal(t, samples, got)
	require.Greater(t, parts, 1)
	require.LessOrEqual(t, largest, maxWeight/pointWeight)

	first := 0
	h = testHandler(t, testConfig(), consume(t, func(_ context.Context, md pmetric.Metrics) error {
		if first > 0 {
			return errors.New("full")
		}
		first = md.DataPointCount()
		return nil
	}))
	answer := serve(h, typeV1, bytesOf(t, message))
	require.Equal(t, http.StatusServiceUnavailable, answer.status, "the sender sends all of it again")
	require.Contains(t, answer.text, "after")
	require.EqualValues(t, first, h.telemetry.samples.Load(), "the first part was taken")
}

// A request's exemplars become more in memory than on the wire: they are handed on in several batches.
func TestExemplarsAreBounded(t *testing.T) {
	s := one(1, "__name__", "many")
	s.Exemplars = make([]prompb.Exemplar, 400_000)
	for name, sampled := range map[string]bool{"with a sample": true, "alone": false} {
		t.Run(name, func(t *testing.T) {
			series := s
			if !sampled {
				series.Samples = nil
			}
			batches, most, lone := 0, 0, 0
			h := testHandler(t, testConfig(), consume(t, func(_ context.Context, md pmetric.Metrics) error {
				exemplars := 0
				for _, p := range read(t, []pmetric.Metrics{md}) {
					exemplars += len(p.exemplars)
					if p.lone {
						lone++
						require.LessOrEqual(t, len(p.exemplars), maxLone)
					}
				}
				batches++
				most = max(most, exemplars)
				return nil
			}))
			request := &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{series}}
			require.Equal(t, http.StatusNoContent, serve(h, typeV1, bytesOf(t, request)).status)
			require.EqualValues(t, 400_000, h.telemetry.exemplars.Load())
			require.Greater(t, batches, 1)
			require.NotZero(t, lone)
			require.LessOrEqual(t, most, 2*maxWeight/pointWeight+maxLone)
		})
	}
}

func TestSymbolsAndFamiliesAreBounded(t *testing.T) {
	h := testHandler(t, testConfig(), consumertest.NewNop())
	answer := serve(h, typeV2, snappy.Encode(nil, bytes.Repeat([]byte{0x22, 0}, maxSymbols+1)))
	require.Equal(t, http.StatusBadRequest, answer.status)
	require.Contains(t, answer.text, "1048576 symbols")

	var families prompb.WriteRequest
	for i := range maxFamilies + 2 {
		name := string([]byte{'a' + byte(i%26), 'a' + byte(i/26%26), 'a' + byte(i/676%26), 'a' + byte(i/17576)})
		families.Metadata = append(families.Metadata, prompb.MetricMetadata{MetricFamilyName: name})
	}
	answer = serve(h, typeV1, bytesOf(t, &families))
	require.Equal(t, http.StatusBadRequest, answer.status)
	require.Contains(t, answer.text, "65536 families")
	require.Contains(t, answer.text, "and 1 more")
	require.EqualValues(t, maxFamilies, h.telemetry.families.Load())
}

// Detached series beyond the bound are lone, though there is a sample for them.
func TestDetachedSeriesAreBounded(t *testing.T) {
	var request prompb.WriteRequest
	for range maxDetached + 3 {
		request.Timeseries = append(request.Timeseries, prompb.TimeSeries{Labels: pairs("__name__", "a"), Exemplars: make([]prompb.Exemplar, 1)})
	}
	request.Timeseries = append(request.Timeseries, one(1, "__name__", "a"))
	var sink consumertest.MetricsSink
	h := testHandler(t, testConfig(), &sink)
	require.Equal(t, http.StatusNoContent, serve(h, typeV1, bytesOf(t, &request)).status)
	require.EqualValues(t, maxDetached+3, h.telemetry.exemplars.Load())
	lone := 0
	for _, p := range read(t, sink.AllMetrics()) {
		if p.lone {
			lone += len(p.exemplars)
		}
	}
	require.Equal(t, 3, lone)
}
