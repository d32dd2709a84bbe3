package encode

import (
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/protobuf"
	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// types are Prometheus's names of types.
var types = map[string]record.MetricType{
	"counter": record.Counter, "gauge": record.Gauge, "histogram": record.HistogramType, "gaugehistogram": record.GaugeHistogram,
	"summary": record.Summary, "info": record.Info, "stateset": record.StateSet,
}

// verbatim encodes a metric of the verbatim convention: labels exactly as they are.
func (s *state) verbatim(m pmetric.Metric) {
	s.use(kindVerbatim)
	kind, _ := verbatim.Type(m)
	described := record.Metadata{Type: types[kind], Family: verbatim.Family(m), Help: m.Description(), Unit: m.Unit()}
	if m.Type() == pmetric.MetricTypeEmpty || points(m) == 0 {
		described.Help, described.Unit = valid(described.Help), valid(described.Unit)
		s.loose = record.AppendMetadata(s.loose, &described)
		return
	}
	if !s.named(m, m.Name()) {
		return
	}
	s.out.describe(described)
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		points := m.Gauge().DataPoints()
		for i := range points.Len() {
			s.verbatimPoint(m.Name(), points.At(i))
		}
	case pmetric.MetricTypeExponentialHistogram:
		points := m.ExponentialHistogram().DataPoints()
		for i := range points.Len() {
			if s.begin(m.Name(), points.At(i).Attributes()) {
				s.exponential(m.Name(), points.At(i))
			}
		}
	default:
		s.refuse(reasonInvalid, points(m), m.Name(), "a metric marked as verbatim is a "+m.Type().String())
	}
}

func (s *state) verbatimPoint(name string, p pmetric.NumberDataPoint) {
	if !s.begin(name, p.Attributes()) {
		return
	}
	s.exemplars(p.Exemplars())
	when := moment{milliseconds(p.Timestamp()), milliseconds(p.StartTimestamp())}
	if s.repeatable { // else the point may have an attribute that is no label
		s.float(name, extra{}, when, number(p))
		return
	}
	if verbatim.LoneExemplars(p) {
		s.loneExemplars(name, when.at)
		return
	}
	native, ok := verbatim.Histogram(p)
	if !ok {
		s.float(name, extra{}, when, number(p))
		return
	}
	if reason, way := s.unwanted(native.AsRaw()); reason != "" {
		s.refuse(reason, 1, name, way)
		return
	}
	s.native = append(s.native[:0], native.AsRaw()...)
	if !protobuf.ValidHistogram(s.native) {
		s.refuse(reasonInvalid, 1, name, "its native histogram is damaged, or is none")
		return
	}
	s.native = protobuf.AppendOneof(s.native, protobuf.HistogramTimestamp, uint64(when.at)) //nolint:gosec // int64 travels as its bits; a time in the bytes counts no more
	s.histogram(name, when)
}

// loneExemplars adds the exemplars in s.example as an item of their own, if they are to be sent.
func (s *state) loneExemplars(name string, at int64) {
	if len(s.example) > 0 {
		s.sample = record.Sample{Kind: record.LoneExemplars}
		s.add(name, extra{}, moment{at: at})
	}
}

// named refuses a metric whose name cannot be one.
func (s *state) named(m pmetric.Metric, name string) bool {
	if isText(name) {
		return true
	}
	s.refuse(reasonInvalid, points(m), m.Name(), "no metric name can be made of its name: it is empty or not UTF-8")
	return false
}
