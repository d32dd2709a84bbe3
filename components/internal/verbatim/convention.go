package verbatim

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

const (
	// MarkerKey marks a metric of this convention, with the value true.
	MarkerKey = "prometheus.verbatim"
	// TypeKey has the type of the family: counter, gauge, histogram, gaugehistogram, summary, info, stateset or unknown.
	// Contrib's Prometheus receiver sets it too.
	TypeKey = "prometheus.type"
	// FamilyKey has the name of the family, where it is not the metric's.
	FamilyKey = "prometheus.family"
	// HistogramAttribute is the attribute of a gauge's data point that holds a native histogram as bytes.
	HistogramAttribute = "__prometheus_native_histogram__"
	// ExemplarsAttribute is the attribute of a gauge's data point that has exemplars and stands for no sample.
	ExemplarsAttribute = "__prometheus_exemplars__"
)

// Native histograms of the schemas between these, which are the scales of exponential ones, can be points of an
// ExponentialHistogram. There, as in those of Prometheus's client libraries, up to MaxGap empty buckets in a row stand as
// zeros within a span, and more of them between two spans.
const (
	MinSchema = -4
	MaxSchema = 8
	MaxGap    = 2
)

// Is tells whether a metric follows the convention.
func Is(m pmetric.Metric) bool {
	marker, ok := m.Metadata().Get(MarkerKey)
	return ok && marker.Bool()
}

// Type returns the type of the family, and whether the metric came from a Prometheus receiver at all.
func Type(m pmetric.Metric) (name string, ok bool) {
	value, ok := m.Metadata().Get(TypeKey)
	if !ok {
		return "", false
	}
	return value.Str(), true
}

// Family returns the name of the family that a metric belongs to.
func Family(m pmetric.Metric) string {
	if value, ok := m.Metadata().Get(FamilyKey); ok {
		return value.Str()
	}
	return m.Name()
}

// Histogram returns the native histogram of a point that holds one as bytes.
func Histogram(p pmetric.NumberDataPoint) (fields pcommon.ByteSlice, ok bool) {
	value, ok := p.Attributes().Get(HistogramAttribute)
	if !ok || value.Type() != pcommon.ValueTypeBytes {
		return pcommon.ByteSlice{}, false
	}
	return value.Bytes(), true
}

// LoneExemplars reports whether a point has exemplars and stands for no sample.
func LoneExemplars(p pmetric.NumberDataPoint) bool {
	marker, ok := p.Attributes().Get(ExemplarsAttribute)
	return ok && marker.Bool()
}
