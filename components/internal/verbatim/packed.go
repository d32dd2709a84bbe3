package verbatim

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// PackedKey has, in the metadata of a metric without points, many series as one record (components/internal/record).
const PackedKey = "prometheus.packed"

// Packed returns the record of a metric that holds series packed. It points into the metric when it can, so it is only valid
// as long as that.
func Packed(m pmetric.Metric) (packed pcommon.ByteSlice, ok bool) {
	if m.Type() != pmetric.MetricTypeEmpty {
		return packed, false
	}
	value, ok := m.Metadata().Get(PackedKey)
	if !ok || value.Type() != pcommon.ValueTypeBytes {
		return packed, false
	}
	return value.Bytes(), true
}
