package verbatim

import (
	"fmt"
	"strings"
	"unsafe"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/protobuf"
	"github.com/msp-collector/msp-collector/components/internal/record"
)

// Packer is a Writer whose metrics are packed: one metric has all series as a record, which only our exporter can read. A
// point of pdata with six labels is nine allocations; here it is a copy of some bytes. It is for pipelines in which nothing
// looks at the series between the receiver and our exporters. It is not safe for concurrent use; the zero value is ready.
type Packer struct {
	builder   record.Builder
	begun     bool
	metadata  Metadata // in force
	described bool
	pending   bool // the sample is not in the builder yet: exemplars may follow
	sample    record.Sample
	labels    []byte
	histogram []byte
	exemplars []byte
	message   []byte
}

var recordTypes = map[model.MetricType]record.MetricType{
	model.MetricTypeCounter: record.Counter, model.MetricTypeGauge: record.Gauge, model.MetricTypeHistogram: record.HistogramType,
	model.MetricTypeGaugeHistogram: record.GaugeHistogram, model.MetricTypeSummary: record.Summary, model.MetricTypeInfo: record.Info,
	model.MetricTypeStateset: record.StateSet,
}

// Float appends a sample, as Writer.Float does.
func (p *Packer) Float(ls labels.Labels, m Metadata, start, at int64, v float64) error {
	if err := p.begin(ls, m, start, at); err != nil {
		return err
	}
	p.sample.Kind, p.sample.Value = record.Float, v
	return nil
}

// Histogram appends a native histogram, as Writer.Histogram does.
func (p *Packer) Histogram(ls labels.Labels, m Metadata, start, at int64, h *histogram.Histogram, fh *histogram.FloatHistogram) error {
	if err := p.begin(ls, m, start, at); err != nil {
		return err
	}
	if h != nil {
		p.histogram = appendInteger(p.histogram[:0], h)
	} else {
		p.histogram = appendFloat(p.histogram[:0], fh)
	}
	p.histogram = protobuf.AppendVarint(p.histogram, protobuf.HistogramTimestamp, uint64(at)) //nolint:gosec // int64 travels as its bits
	p.sample.Kind, p.sample.Histogram = record.Histogram, p.histogram
	return nil
}

// Exemplar appends an exemplar to the sample written last; without one, it does nothing.
func (p *Packer) Exemplar(x exemplar.Exemplar) {
	if !p.pending {
		return
	}
	message := p.message[:0]
	x.Labels.Range(func(l labels.Label) { message = record.AppendLabel(message, l.Name, l.Value) })
	message = protobuf.AppendDouble(message, 2, x.Value)
	message = protobuf.AppendVarint(message, 3, uint64(x.Ts)) //nolint:gosec // int64 travels as its bits
	p.message = message
	p.exemplars = protobuf.AppendBytes(p.exemplars, 3, message)
}

// Take returns what was written, and begins anew. The series are in the packer's own memory: whoever reads them must have done
// so before anything is written again. Our exporters have when ConsumeMetrics returns, since by then all is in their log.
func (p *Packer) Take() pmetric.Metrics {
	p.flush()
	md := pmetric.NewMetrics()
	if p.begun {
		m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
		m.SetName(packedName)
		written := p.builder.Bytes()
		m.Metadata().PutStr(PackedKey, unsafe.String(unsafe.SliceData(written), len(written))) //nolint:gosec // as Take says
	}
	p.begun = false
	return md
}

// begin begins a sample.
func (p *Packer) begin(ls labels.Labels, m Metadata, start, at int64) error {
	name := ls.Get(model.MetricNameLabel)
	_, startOK := nanoseconds(start)
	_, atOK := nanoseconds(at)
	switch {
	case name == "":
		return ErrNoName
	case !startOK || !atOK:
		return fmt.Errorf("%s: %w", name, ErrTime)
	}
	if m.Family == "" && m != (Metadata{}) {
		m.Family = name
	}
	p.series(m)
	p.labels = p.labels[:0]
	ls.Range(func(l labels.Label) { p.labels = record.AppendLabel(p.labels, l.Name, l.Value) })
	p.exemplars = p.exemplars[:0]
	p.sample = record.Sample{Labels: p.labels, Timestamp: at, Start: start}
	p.pending = true
	return nil
}

// FloatOf appends a sample of a series without metadata whose labels are encoded already, as record.AppendLabel does it: sorted, each
// name once, none with an empty value, the name of the metric among them. The caller has checked all that, and the time.
func (p *Packer) FloatOf(encoded []byte, at int64, v float64) {
	p.series(Metadata{})
	p.builder.Add(&record.Sample{Kind: record.Float, Labels: encoded, Timestamp: at, Value: v})
}

// series ends the sample before, and makes these metadata those in force.
func (p *Packer) series(m Metadata) {
	p.flush()
	if !p.begun {
		p.builder.Reset()
		p.begun, p.described = true, false
	}
	if !p.described || m != p.metadata {
		p.describe(m)
	}
}

func (p *Packer) describe(m Metadata) {
	p.metadata, p.described = m, true
	p.builder.AddMetadata(&record.Metadata{
		Type: recordTypes[m.Type], Family: m.Family, Help: strings.ToValidUTF8(m.Help, "�"), Unit: strings.ToValidUTF8(m.Unit, "�"),
	})
}

func (p *Packer) flush() {
	if p.pending {
		p.sample.Exemplars = p.exemplars
		p.builder.Add(&p.sample)
		p.pending = false
	}
}
