package verbatim

import (
	"encoding/binary"
	"math"

	"github.com/prometheus/prometheus/model/histogram"

	"github.com/msp-collector/msp-collector/components/internal/protobuf"
)

// Values of the field reset_hint.
var resetHints = map[histogram.CounterResetHint]uint64{histogram.CounterReset: 1, histogram.NotCounterReset: 2, histogram.GaugeType: 3}

// appendInteger appends the fields of a histogram with integer counts, as Prometheus writes them.
func appendInteger(dst []byte, h *histogram.Histogram) []byte {
	dst = protobuf.AppendOneof(dst, protobuf.HistogramCountInt, h.Count)
	dst = appendCommon(dst, h.Sum, h.Schema, h.ZeroThreshold)
	dst = protobuf.AppendOneof(dst, protobuf.HistogramZeroCountInt, h.ZeroCount)
	dst = appendSpans(dst, protobuf.HistogramNegativeSpans, h.NegativeSpans)
	dst = appendDeltas(dst, protobuf.HistogramNegativeSpans+1, h.NegativeBuckets)
	dst = appendSpans(dst, protobuf.HistogramPositiveSpans, h.PositiveSpans)
	dst = appendDeltas(dst, protobuf.HistogramPositiveSpans+1, h.PositiveBuckets)
	dst = protobuf.AppendVarint(dst, protobuf.HistogramResetHint, resetHints[h.CounterResetHint])
	return appendDoubles(dst, protobuf.HistogramCustomValues, h.CustomValues)
}

// appendFloat appends the fields of a histogram with float counts.
func appendFloat(dst []byte, h *histogram.FloatHistogram) []byte {
	dst = protobuf.AppendOneofDouble(dst, protobuf.HistogramCountFloat, h.Count)
	dst = appendCommon(dst, h.Sum, h.Schema, h.ZeroThreshold)
	dst = protobuf.AppendOneofDouble(dst, protobuf.HistogramZeroCountFloat, h.ZeroCount)
	dst = appendSpans(dst, protobuf.HistogramNegativeSpans, h.NegativeSpans)
	dst = appendDoubles(dst, protobuf.HistogramNegativeSpans+2, h.NegativeBuckets)
	dst = appendSpans(dst, protobuf.HistogramPositiveSpans, h.PositiveSpans)
	dst = appendDoubles(dst, protobuf.HistogramPositiveSpans+2, h.PositiveBuckets)
	dst = protobuf.AppendVarint(dst, protobuf.HistogramResetHint, resetHints[h.CounterResetHint])
	return appendDoubles(dst, protobuf.HistogramCustomValues, h.CustomValues)
}

func appendCommon(dst []byte, sum float64, schema int32, zeroThreshold float64) []byte {
	dst = protobuf.AppendDouble(dst, protobuf.HistogramSum, sum)
	dst = protobuf.AppendVarint(dst, protobuf.HistogramSchema, protobuf.ZigZag(int64(schema)))
	return protobuf.AppendDouble(dst, protobuf.HistogramZeroThreshold, zeroThreshold)
}

func appendSpans(dst []byte, field int, spans []histogram.Span) []byte {
	for _, s := range spans {
		dst = protobuf.AppendSpan(dst, field, int64(s.Offset), uint64(s.Length))
	}
	return dst
}

func appendDeltas(dst []byte, field int, deltas []int64) []byte {
	if len(deltas) == 0 {
		return dst
	}
	packed := make([]byte, 0, 2*len(deltas))
	for _, d := range deltas {
		packed = binary.AppendUvarint(packed, protobuf.ZigZag(d))
	}
	return protobuf.AppendBytes(dst, field, packed)
}

func appendDoubles(dst []byte, field int, values []float64) []byte {
	if len(values) == 0 {
		return dst
	}
	packed := make([]byte, 0, 8*len(values))
	for _, v := range values {
		packed = binary.LittleEndian.AppendUint64(packed, math.Float64bits(v))
	}
	return protobuf.AppendBytes(dst, field, packed)
}
