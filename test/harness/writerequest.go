package harness

import (
	"fmt"
	"math"
	"strings"
)

// WriteRequest is what a remote write request says, whichever version it is of.
type WriteRequest struct {
	V2       bool // remote write 2.0
	Raw      int  // bytes before compression
	Series   []WrittenSeries
	Metadata []WrittenMetadata // 1.0 sends them apart
}

// WrittenSeries is one TimeSeries of a request; a request may hold several of the same labels.
type WrittenSeries struct {
	Labels     []WrittenLabel // in the order of the request
	Samples    []WrittenSample
	Histograms []WrittenHistogram
	Exemplars  []WrittenExemplar
	Metadata   *WrittenMetadata // 2.0, where there is one
}

// WrittenLabel is one label.
type WrittenLabel struct{ Name, Value string }

// WrittenSample is a float sample. Start is 0 when unknown, as it always is in 1.0.
type WrittenSample struct {
	Timestamp, Start int64  // milliseconds since the epoch
	Bits             uint64 // of the value: a comparison of floats would not tell NaN from the stale marker
}

// Value is the value as a number.
func (s WrittenSample) Value() float64 { return math.Float64frombits(s.Bits) }

// WrittenHistogram is a native histogram. Bytes are its fields but for the start, encoded anew, so that equal histograms
// have equal bytes in both versions.
type WrittenHistogram struct {
	Timestamp, Start int64
	Bytes            []byte
}

// WrittenExemplar is an exemplar.
type WrittenExemplar struct {
	Labels    []WrittenLabel
	Timestamp int64
	Bits      uint64
}

// WrittenMetadata describe a family, or in 2.0 a series, where Family is empty.
type WrittenMetadata struct {
	Type               int
	Family, Help, Unit string
}

// Label is the value of a label; empty when there is none.
func (s *WrittenSeries) Label(name string) string {
	for _, label := range s.Labels {
		if label.Name == name {
			return label.Value
		}
	}
	return ""
}

// String is the series as Prometheus writes one: {__name__="up", job="node"}.
func (s *WrittenSeries) String() string {
	var text strings.Builder
	separator := "{"
	for _, label := range s.Labels {
		fmt.Fprintf(&text, "%s%s=%q", separator, label.Name, label.Value)
		separator = ", "
	}
	if len(s.Labels) == 0 {
		text.WriteString(separator)
	}
	return text.String() + "}"
}

// Counts are how many samples, native histograms and exemplars a request has.
func (r *WriteRequest) Counts() (samples, histograms, exemplars int) {
	for i := range r.Series {
		samples += len(r.Series[i].Samples)
		histograms += len(r.Series[i].Histograms)
		exemplars += len(r.Series[i].Exemplars)
	}
	return samples, histograms, exemplars
}
