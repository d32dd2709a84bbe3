package prometheusscrapereceiver

import (
	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// writer makes metrics of samples: a verbatim.Writer, or a verbatim.Packer.
type writer interface {
	Float(ls labels.Labels, m verbatim.Metadata, start, at int64, v float64) error
	Histogram(ls labels.Labels, m verbatim.Metadata, start, at int64, h *histogram.Histogram, fh *histogram.FloatHistogram) error
	Exemplar(x exemplar.Exemplar)
	Take() pmetric.Metrics
}

func newWriter(packed bool) writer {
	if packed {
		return &verbatim.Packer{}
	}
	return &verbatim.Writer{}
}
