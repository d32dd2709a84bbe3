package encode

import (
	"unicode/utf8"

	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

// translate translates a metric as the specification for Prometheus compatibility says:
// https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
func (s *state) translate(m pmetric.Metric) {
	s.use(kindOTLP)
	if !s.cumulative(m) {
		return
	}
	kind, translated := otlpTypes(m)
	family := s.names.metric(otlptranslator.Metric{Name: m.Name(), Unit: m.Unit(), Type: translated})
	name := family.name
	if !s.named(m, name) {
		return
	}
	if !s.unique.watching && s.names.again(family, m.Type() == pmetric.MetricTypeHistogram || m.Type() == pmetric.MetricTypeSummary) {
		s.watch()
	}
	s.origin.otlp = true
	s.out.describe(record.Metadata{Type: kind, Family: name, Help: m.Description(), Unit: s.names.unit(m.Unit())})
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		points := m.Gauge().DataPoints()
		each(s, name, points.Len(), points.At, numbers, (*state).otlpGauge)
	case pmetric.MetricTypeSum:
		points := m.Sum().DataPoints()
		each(s, name, points.Len(), points.At, numbers, (*state).otlpSum)
	default:
		s.composite(family, m)
	}
}

// cumulative refuses what has another temporality.
func (s *state) cumulative(m pmetric.Metric) bool {
	switch temporality(m) {
	case pmetric.AggregationTemporalityCumulative:
		return true
	case pmetric.AggregationTemporalityDelta:
		s.refuse(reasonDelta, points(m), m.Name(), "delta temporality has no place in Prometheus: put the processor deltatocumulative into the pipeline, or let the SDK export cumulative values")
		return false
	}
	s.refuse(reasonInvalid, points(m), m.Name(), "its temporality is not specified: let the sender set cumulative")
	return false
}

// otlpGauge leaves out exemplars, as Prometheus does for gauges.
func (s *state) otlpGauge(name string, p pmetric.NumberDataPoint) {
	s.example = s.example[:0]
	s.float(name, extra{}, s.when(p.Timestamp(), p.StartTimestamp()), number(p))
}

func (s *state) otlpSum(name string, p pmetric.NumberDataPoint) {
	s.exemplars(p.Exemplars())
	s.float(name, extra{}, s.when(p.Timestamp(), p.StartTimestamp()), number(p))
}

func (s *state) when(at, start pcommon.Timestamp) moment {
	return moment{milliseconds(at), s.started(start)}
}

// isText tells whether a name can be one.
func isText(name string) bool { return name != "" && utf8.ValidString(name) }

func otlpTypes(m pmetric.Metric) (record.MetricType, otlptranslator.MetricType) {
	switch m.Type() {
	case pmetric.MetricTypeSum:
		if m.Sum().IsMonotonic() {
			return record.Counter, otlptranslator.MetricTypeMonotonicCounter
		}
		return record.Gauge, otlptranslator.MetricTypeNonMonotonicCounter
	case pmetric.MetricTypeHistogram:
		return record.HistogramType, otlptranslator.MetricTypeHistogram
	case pmetric.MetricTypeExponentialHistogram:
		return record.HistogramType, otlptranslator.MetricTypeExponentialHistogram
	case pmetric.MetricTypeSummary:
		return record.Summary, otlptranslator.MetricTypeSummary
	case pmetric.MetricTypeGauge:
		return record.Gauge, otlptranslator.MetricTypeGauge
	}
	return record.Unknown, otlptranslator.MetricTypeUnknown
}

// temporality is cumulative for kinds that have none.
func temporality(m pmetric.Metric) pmetric.AggregationTemporality {
	switch m.Type() {
	case pmetric.MetricTypeSum:
		return m.Sum().AggregationTemporality()
	case pmetric.MetricTypeHistogram:
		return m.Histogram().AggregationTemporality()
	case pmetric.MetricTypeExponentialHistogram:
		return m.ExponentialHistogram().AggregationTemporality()
	}
	return pmetric.AggregationTemporalityCumulative
}
