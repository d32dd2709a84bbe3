package encode

import (
	"fmt"

	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/protobuf"
	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// defaultZeroThreshold is Prometheus's for histograms from OTLP that name none.
const defaultZeroThreshold = 1e-128

// exponential makes a native histogram of an exponential one. A finer scale than a native one can have is made coarser, a
// coarser one cannot be expressed.
func (s *state) exponential(name string, p pmetric.ExponentialHistogramDataPoint) {
	if !s.nativeWanted(name, 1) {
		return
	}
	when := s.when(p.Timestamp(), p.StartTimestamp())
	s.exemplars(p.Exemplars())
	switch {
	case p.Flags().NoRecordedValue():
		h := protobuf.AppendOneof(s.native[:0], protobuf.HistogramCountInt, 0)
		h = protobuf.AppendDouble(h, protobuf.HistogramSum, staleNaN)
		s.native = protobuf.AppendOneof(h, protobuf.HistogramZeroCountInt, 0)
	case p.Scale() < verbatim.MinSchema:
		s.refuse(reasonInvalid, 1, name, fmt.Sprintf("its scale is %d, and %d is the coarsest that a native histogram can have", p.Scale(), verbatim.MinSchema))
		return
	case !s.appendExponential(p):
		s.refuse(reasonInvalid, 1, name, "its buckets have numbers or counts that a native histogram cannot have")
		return
	}
	s.native = protobuf.AppendVarint(s.native, protobuf.HistogramTimestamp, uint64(when.at)) //nolint:gosec // int64 travels as its bits
	s.histogram(name, when)
}

// appendExponential writes the fields into s.native, all but the timestamp.
func (s *state) appendExponential(p pmetric.ExponentialHistogramDataPoint) bool {
	shift := max(0, p.Scale()-verbatim.MaxSchema)
	threshold := p.ZeroThreshold()
	if threshold == 0 && s.kind == kindOTLP {
		threshold = defaultZeroThreshold
	}
	h := protobuf.AppendOneof(s.native[:0], protobuf.HistogramCountInt, p.Count())
	if p.HasSum() {
		h = protobuf.AppendDouble(h, protobuf.HistogramSum, p.Sum())
	}
	h = protobuf.AppendVarint(h, protobuf.HistogramSchema, protobuf.ZigZag(int64(p.Scale()-shift)))
	h = protobuf.AppendDouble(h, protobuf.HistogramZeroThreshold, threshold)
	h = protobuf.AppendOneof(h, protobuf.HistogramZeroCountInt, p.ZeroCount())
	h, negative := s.appendBuckets(h, protobuf.HistogramNegativeSpans, p.Negative(), shift)
	h, positive := s.appendBuckets(h, protobuf.HistogramPositiveSpans, p.Positive(), shift)
	s.native = h
	return negative && positive
}

// appendBuckets appends the spans, and in the field after them the differences of the counts. An index of an exponential
// histogram names the bucket's lower bound, that of a native one the upper.
func (s *state) appendBuckets(dst []byte, field int, buckets pmetric.ExponentialHistogramDataPointBuckets, shift int32) ([]byte, bool) {
	l, counts := &s.layout, buckets.BucketCounts()
	l.reset()
	index, sum := int64(0), uint64(0)
	for i := range counts.Len() {
		at := (int64(buckets.Offset())+int64(i))>>shift + 1
		if at != index {
			l.add(index, sum)
			index, sum = at, 0
		}
		sum += counts.At(i)
		if sum > maxCount {
			return dst, false
		}
	}
	l.add(index, sum)
	for _, span := range l.spans {
		dst = protobuf.AppendSpan(dst, field, span.offset, span.length)
	}
	if len(l.deltas) > 0 {
		dst = protobuf.AppendBytes(dst, field+1, l.deltas)
	}
	return dst, !l.overflow
}
