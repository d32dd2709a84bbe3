package encode

import (
	"strings"

	"github.com/prometheus/common/model"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

// scrape turns a metric of contrib's Prometheus receiver back into the series that were scraped. docs/fidelity.md lists
// what cannot be restored, since the receiver does not pass it on.
func (s *state) scrape(m pmetric.Metric, kind string) {
	s.use(kindScraped)
	s.origin.scraped = true
	name := m.Name()
	if !s.named(m, name) {
		return
	}
	s.out.describe(record.Metadata{Type: types[kind], Family: name, Help: m.Description(), Unit: s.scrapedUnit(m.Unit())})
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		if kind == "gaugehistogram" {
			s.gaugeHistogram(name, m.Gauge().DataPoints())
		} else {
			s.scrapedNumbers(name, m.Gauge().DataPoints())
		}
	case pmetric.MetricTypeSum:
		s.scrapedNumbers(infoName(name, kind), m.Sum().DataPoints())
	default:
		s.composite(s.names.family(name), m)
	}
}

// infoName is the name of the series of a metric: the receiver takes the family's name for those of an info metric, where
// OpenMetrics has _info behind it.
func infoName(name, kind string) string {
	if kind == "info" && !strings.HasSuffix(name, "_info") {
		return name + "_info"
	}
	return name
}

func (s *state) scrapedNumbers(name string, points pmetric.NumberDataPointSlice) {
	isUp := name == "up"
	for i := range points.Len() {
		p := points.At(i)
		if !s.timed(name, p.Timestamp()) || !s.begin(name, p.Attributes()) {
			continue
		}
		at, value := p.Timestamp(), number(p)
		s.origin.newest = max(s.origin.newest, at)
		if isUp {
			s.origin.up, s.origin.upAt = value, at
		}
		s.exemplars(p.Exemplars())
		s.float(name, extra{}, moment{milliseconds(at), s.started(p.StartTimestamp())}, value)
	}
}

// gaugeHistogram gives back the names of what the receiver calls by the family's name: buckets have le, and of _count and
// _sum only the latter, which comes last, is left.
func (s *state) gaugeHistogram(name string, points pmetric.NumberDataPointSlice) {
	series := s.names.family(name)
	for i := range points.Len() {
		p := points.At(i)
		if !s.timed(name, p.Timestamp()) || !s.begin(name, p.Attributes()) {
			continue
		}
		s.origin.newest = max(s.origin.newest, p.Timestamp())
		s.exemplars(p.Exemplars())
		own := series.sum
		if _, ok := p.Attributes().Get(model.BucketLabel); ok {
			own = series.bucket
		}
		s.float(own, extra{}, moment{milliseconds(p.Timestamp()), 0}, number(p))
	}
}

// started is the start time of a point. Contrib's receiver carries it through seconds in a float, which costs up to some
// hundred nanoseconds.
func (s *state) started(t pcommon.Timestamp) int64 {
	if s.kind == kindScraped {
		t += millisecond / 2
	}
	return milliseconds(t)
}

// scrapedUnit is the unit as it was exposed: the receiver makes UCUM of it.
func (s *state) scrapedUnit(unit string) string {
	if unit == "1" {
		return "ratio"
	}
	return s.names.unit(unit)
}
