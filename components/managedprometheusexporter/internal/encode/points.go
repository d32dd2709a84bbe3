package encode

import (
	"cmp"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// access is what all kinds of data points have. It is not an interface, since that would cost an allocation per point.
type access[P any] struct {
	attributes func(P) pcommon.Map
	timestamp  func(P) pcommon.Timestamp
}

var (
	numbers      = access[pmetric.NumberDataPoint]{pmetric.NumberDataPoint.Attributes, pmetric.NumberDataPoint.Timestamp}
	classics     = access[pmetric.HistogramDataPoint]{pmetric.HistogramDataPoint.Attributes, pmetric.HistogramDataPoint.Timestamp}
	summaries    = access[pmetric.SummaryDataPoint]{pmetric.SummaryDataPoint.Attributes, pmetric.SummaryDataPoint.Timestamp}
	exponentials = access[pmetric.ExponentialHistogramDataPoint]{pmetric.ExponentialHistogramDataPoint.Attributes, pmetric.ExponentialHistogramDataPoint.Timestamp}
)

// composite encodes a metric whose points make several series each, or native histograms.
func (s *state) composite(f *family, m pmetric.Metric) {
	s.family = f
	name := f.name
	switch m.Type() {
	case pmetric.MetricTypeHistogram:
		points := m.Histogram().DataPoints()
		each(s, name, points.Len(), points.At, classics, (*state).classic)
	case pmetric.MetricTypeSummary:
		points := m.Summary().DataPoints()
		each(s, name, points.Len(), points.At, summaries, (*state).summary)
	case pmetric.MetricTypeExponentialHistogram:
		points := m.ExponentialHistogram().DataPoints()
		each(s, name, points.Len(), points.At, exponentials, (*state).exponential)
	}
}

// each encodes n points in the order of their time, each with its labels begun.
func each[P any](s *state, name string, n int, at func(int) P, of access[P], encode func(*state, string, P)) {
	last := int64(0)
	for i := range n {
		now := int64(of.timestamp(at(i))) //nolint:gosec // a time
		if i > 0 && now < last {
			eachSorted(s, name, n, at, of, encode)
			return
		}
		last = now
	}
	for i := range n {
		eachOne(s, name, at(i), of, encode)
	}
}

// eachSorted is the slow way, for points out of order.
func eachSorted[P any](s *state, name string, n int, at func(int) P, of access[P], encode func(*state, string, P)) {
	order := make([]P, n)
	for i := range order {
		order[i] = at(i)
	}
	slices.SortStableFunc(order, func(a, b P) int {
		return cmp.Compare(int64(of.timestamp(a)), int64(of.timestamp(b))) //nolint:gosec // times
	})
	for _, p := range order {
		eachOne(s, name, p, of, encode)
	}
}

func eachOne[P any](s *state, name string, p P, of access[P], encode func(*state, string, P)) {
	if s.timed(name, of.timestamp(p)) && s.begin(name, of.attributes(p)) {
		s.origin.newest = max(s.origin.newest, of.timestamp(p))
		encode(s, name, p)
	}
}

// timed refuses a point whose time is none: absent, or too great for the nanoseconds of an int64.
func (s *state) timed(name string, at pcommon.Timestamp) bool {
	if int64(at) >= millisecond { //nolint:gosec // so that it is negative
		return true
	}
	s.refuse(reasonInvalid, 1, name, "it has no time: every endpoint would refuse a sample of 1970")
	return false
}

func points(m pmetric.Metric) int {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		return m.Gauge().DataPoints().Len()
	case pmetric.MetricTypeSum:
		return m.Sum().DataPoints().Len()
	case pmetric.MetricTypeHistogram:
		return m.Histogram().DataPoints().Len()
	case pmetric.MetricTypeExponentialHistogram:
		return m.ExponentialHistogram().DataPoints().Len()
	case pmetric.MetricTypeSummary:
		return m.Summary().DataPoints().Len()
	}
	return 0
}
