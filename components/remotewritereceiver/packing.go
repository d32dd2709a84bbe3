package remotewritereceiver

import (
	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// writer makes metrics of samples: a verbatim.Writer, or a packer.
type writer interface {
	Float(ls labels.Labels, m verbatim.Metadata, start, at int64, v float64) error
	Histogram(ls labels.Labels, m verbatim.Metadata, start, at int64, h *histogram.Histogram, fh *histogram.FloatHistogram) error
	Exemplar(x exemplar.Exemplar)
	LoneExemplars(ls labels.Labels, all []exemplar.Exemplar) error
	Describe(m verbatim.Metadata)
	Take() pmetric.Metrics
}

func newWriter(packed bool) writer {
	if packed {
		return &packer{}
	}
	return &verbatim.Writer{}
}

// packer packs series, and describes families as a Writer does.
type packer struct {
	verbatim.Packer
	families  verbatim.Writer
	described bool
}

// Describe writes down a family that has no samples.
func (p *packer) Describe(m verbatim.Metadata) {
	p.families.Describe(m)
	p.described = true
}

// Take returns what was written, and begins anew.
func (p *packer) Take() pmetric.Metrics {
	md := p.Packer.Take()
	if p.described {
		p.described = false
		p.families.Take().ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
	}
	return md
}
