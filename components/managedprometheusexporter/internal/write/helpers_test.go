package write

import (
	"encoding/hex"
	"math"
	"testing"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

func labels(pairs ...string) (dst []byte) {
	for i := 0; i < len(pairs); i += 2 {
		dst = record.AppendLabel(dst, pairs[i], pairs[i+1])
	}
	return dst
}

// exemplars are fields of a 1.0 TimeSeries, as a record has them.
func exemplars(t testing.TB, all ...prompb.Exemplar) []byte {
	t.Helper()
	dst, err := (&prompb.TimeSeries{Exemplars: all}).Marshal()
	require.NoError(t, err)
	return dst
}

func histogram(t testing.TB, h *prompb.Histogram) []byte {
	t.Helper()
	dst, err := h.Marshal()
	require.NoError(t, err)
	return dst
}

// recordOf is a record of what is given: each a *record.Sample or a *record.Metadata.
func recordOf(all ...any) []byte {
	var b record.Builder
	b.Reset()
	for _, one := range all {
		switch one := one.(type) {
		case *record.Sample:
			b.Add(one)
		case *record.Metadata:
			b.AddMetadata(one)
		}
	}
	return b.Bytes()
}

// encodeAll makes a request of a whole record.
func encodeAll(e *Encoder, data []byte) (Request, error) {
	return e.Encode(data, 0, countSamples(data), AnyAge)
}

// countSamples is how many samples a record has, as far as it can be read.
func countSamples(data []byte) (n int) {
	var items record.Reader
	_ = items.Reset(data)
	for {
		metadata, more, err := items.Next()
		if err != nil || !more {
			return n
		}
		if metadata == nil {
			n++
		}
	}
}

func decodeV1(t testing.TB, body []byte) *prompb.WriteRequest {
	t.Helper()
	raw, err := snappy.Decode(nil, body)
	require.NoError(t, err)
	var request prompb.WriteRequest
	require.NoErrorf(t, request.Unmarshal(raw), "request\n%s", hex.Dump(raw))
	return &request
}

func decodeV2(t testing.TB, body []byte) *writev2.Request {
	t.Helper()
	raw, err := snappy.Decode(nil, body)
	require.NoError(t, err)
	var request writev2.Request
	require.NoErrorf(t, request.Unmarshal(raw), "request\n%s", hex.Dump(raw))
	return &request
}

// text resolves references.
func text(t testing.TB, request *writev2.Request, refs []uint32) (all []string) {
	t.Helper()
	for _, ref := range refs {
		require.Less(t, int(ref), len(request.Symbols))
		all = append(all, request.Symbols[ref])
	}
	return all
}

var (
	negativeZero = math.Copysign(0, -1)
	staleMarker  = math.Float64frombits(0x7ff0000000000002)
)

// native is a histogram that has every field of an integer histogram.
var native = prompb.Histogram{
	Count: &prompb.Histogram_CountInt{CountInt: 12}, Sum: 18.4, Schema: -2, ZeroThreshold: 0.001,
	ZeroCount:     &prompb.Histogram_ZeroCountInt{ZeroCountInt: 2},
	NegativeSpans: []prompb.BucketSpan{{Offset: -3, Length: 2}}, NegativeDeltas: []int64{1, -1},
	PositiveSpans: []prompb.BucketSpan{{Offset: 0, Length: 2}, {Offset: 1, Length: 200}}, PositiveDeltas: []int64{1, 2, -200, 300},
	ResetHint: prompb.Histogram_NO, Timestamp: 1_700_000_000_123,
}

// custom is a float histogram with buckets of its own.
var custom = prompb.Histogram{
	Count: &prompb.Histogram_CountFloat{CountFloat: 12.5}, Sum: staleMarker, Schema: -53,
	ZeroCount:     &prompb.Histogram_ZeroCountFloat{ZeroCountFloat: 0},
	PositiveSpans: []prompb.BucketSpan{{Length: 3}}, PositiveCounts: []float64{1.5, 2, 9},
	Timestamp: 5, CustomValues: []float64{0.1, 1, 10},
}
