package verbatim

import (
	"math"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Histogram appends a native histogram: either one with integer counts or one with float counts.
func (w *Writer) Histogram(ls labels.Labels, m Metadata, start, at int64, h *histogram.Histogram, fh *histogram.FloatHistogram) error {
	if h == nil || !expressible(h) {
		p, err := w.number(ls, m, start, at)
		if err != nil {
			return err
		}
		fields := p.Attributes().PutEmptyBytes(HistogramAttribute)
		if h != nil {
			fields.FromRaw(appendInteger(nil, h))
		} else {
			fields.FromRaw(appendFloat(nil, fh))
		}
		return nil
	}
	to, err := w.metric(ls, m, start, at, true)
	if err != nil {
		return err
	}
	p := to.exponentials.AppendEmpty()
	p.SetTimestamp(pcommon.Timestamp(at * millisecond))         //nolint:gosec // checked, and signed by the convention
	p.SetStartTimestamp(pcommon.Timestamp(start * millisecond)) //nolint:gosec // as above
	putLabels(ls, p.Attributes())
	if value.IsStaleNaN(h.Sum) {
		p.SetFlags(stale)
		return nil
	}
	p.SetScale(h.Schema)
	p.SetCount(h.Count)
	p.SetSum(h.Sum)
	p.SetZeroThreshold(h.ZeroThreshold)
	p.SetZeroCount(h.ZeroCount)
	putBuckets(h.PositiveSpans, h.PositiveBuckets, p.Positive())
	putBuckets(h.NegativeSpans, h.NegativeBuckets, p.Negative())
	return nil
}

// expressible tells whether a histogram can be made again of a point of an ExponentialHistogram.
func expressible(h *histogram.Histogram) bool {
	if h.CounterResetHint != histogram.UnknownCounterReset || len(h.CustomValues) > 0 {
		return false
	}
	if value.IsStaleNaN(h.Sum) {
		return h.Count == 0 && h.ZeroCount == 0 && h.Schema == 0 && math.Float64bits(h.ZeroThreshold) == 0 &&
			len(h.PositiveSpans)+len(h.NegativeSpans)+len(h.PositiveBuckets)+len(h.NegativeBuckets) == 0
	}
	return MinSchema <= h.Schema && h.Schema <= MaxSchema &&
		canonical(h.PositiveSpans, h.PositiveBuckets) && canonical(h.NegativeSpans, h.NegativeBuckets)
}

// canonical tells whether buckets are laid out as the exporter lays them out: spans begin and end with buckets that are not
// empty, no more than MaxGap empty ones in a row are inside a span, and more than that are between two. It is false, too,
// where the gaps are so wide that their zeros would take much more room than the bytes.
func canonical(spans []histogram.Span, deltas []int64) bool {
	at, count, index, empty := 0, int64(0), int64(0), int32(0)
	dense, room := int64(0), 8*int64(len(deltas))+64
	for i, span := range spans {
		index += int64(span.Offset)
		if i > 0 {
			if span.Offset <= MaxGap {
				return false
			}
			dense += int64(span.Offset)
		}
		dense += int64(span.Length)
		index += int64(span.Length)
		if span.Length == 0 || dense > room || index > math.MaxInt32 || at+int(span.Length) > len(deltas) {
			return false
		}
		for j := range int(span.Length) {
			count += deltas[at+j]
			empty++
			if count != 0 {
				empty = 0
			}
			if count < 0 || empty > MaxGap || empty > 0 && (j == 0 || j == int(span.Length)-1) {
				return false
			}
		}
		at += int(span.Length)
	}
	return at == len(deltas) && (len(spans) == 0 || spans[0].Offset > math.MinInt32)
}

// putBuckets writes canonical buckets one by one. An index of an exponential histogram names the bucket's lower bound, that
// of a native one the upper.
func putBuckets(spans []histogram.Span, deltas []int64, dst pmetric.ExponentialHistogramDataPointBuckets) {
	if len(spans) == 0 {
		return
	}
	dst.SetOffset(spans[0].Offset - 1)
	counts := dst.BucketCounts()
	counts.EnsureCapacity(len(deltas))
	count := int64(0)
	for i, span := range spans {
		if i > 0 {
			for range span.Offset {
				counts.Append(0)
			}
		}
		for range span.Length {
			count += deltas[0]
			deltas = deltas[1:]
			counts.Append(uint64(count)) //nolint:gosec // canonical ones are not negative
		}
	}
}
