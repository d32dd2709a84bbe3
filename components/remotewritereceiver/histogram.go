package remotewritereceiver

import (
	"fmt"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// maxHistogramBytes bounds a native histogram, whose spans take twenty times as much in memory as on the wire. Prometheus cuts
// its own down to some hundred buckets.
const maxHistogramBytes = 256 << 10

var errHistogramSize = fmt.Errorf("a histogram has more than %d bytes", maxHistogramBytes)

// histogram writes one native histogram. The messages of both protocols are the same but for the start time.
func (r *request) histogram(body []byte, ls labels.Labels, about verbatim.Metadata) error {
	if len(body) > maxHistogramBytes {
		r.refusePoint(ls, errHistogramSize)
		return nil
	}
	r.weight += 64 * len(body)
	var message writev2.Histogram
	if err := message.Unmarshal(body); err != nil {
		return malformed("a histogram cannot be read: %v", err)
	}
	if message.ResetHint < 0 || message.ResetHint > writev2.Histogram_RESET_HINT_GAUGE {
		message.ResetHint = writev2.Histogram_RESET_HINT_UNSPECIFIED // a later protocol's: unknown, as Prometheus has it
	}
	start := message.StartTimestamp
	if !r.protocol.symbolized {
		start = 0
	}
	var whole *histogram.Histogram
	var float *histogram.FloatHistogram
	if message.IsFloatHistogram() {
		float = message.ToFloatHistogram()
	} else {
		whole = message.ToIntHistogram()
	}
	err := validHistogram(whole, float)
	if err == nil {
		err = r.writer.Histogram(ls, about, start, message.Timestamp, whole, float)
	}
	if err != nil {
		r.refusePoint(ls, err)
		return nil
	}
	r.pending.histograms++
	r.open = true
	return nil
}

// validHistogram refuses what Prometheus refuses. It would reduce a resolution that it only knows from later versions; here
// that is left to the endpoint, so such a histogram is checked as one of the highest resolution.
func validHistogram(whole *histogram.Histogram, float *histogram.FloatHistogram) error {
	later := func(schema int32) bool {
		return schema > histogram.ExponentialSchemaMax && histogram.IsExponentialSchemaReserved(schema)
	}
	if whole != nil {
		checked := *whole
		if later(checked.Schema) {
			checked.Schema = histogram.ExponentialSchemaMax
		}
		return checked.Validate()
	}
	checked := *float
	if later(checked.Schema) {
		checked.Schema = histogram.ExponentialSchemaMax
	}
	return checked.Validate()
}
