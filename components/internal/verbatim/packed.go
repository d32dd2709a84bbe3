package verbatim

import (
	"crypto/rand"
	"unsafe"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// PackedKey has, in the metadata of a metric without points, many series as one record (components/internal/record). It is a
// string, though a record is no text: bytes would be copied when they are put in and again when they are taken out. Packed
// series stay within the process, and are valid until ConsumeMetrics returns.
//
// A record is believed without a look into its labels. So the key is another one in every process: whoever sends OTLP cannot
// know it.
var PackedKey = packedName + "." + rand.Text()

// packedName is what such a metric is called.
const packedName = "prometheus.packed"

// Packed returns the record of a metric that holds series packed. It is the packer's memory, and must not be changed or kept.
func Packed(m pmetric.Metric) (written []byte, ok bool) {
	if m.Type() != pmetric.MetricTypeEmpty {
		return nil, false
	}
	value, ok := m.Metadata().Get(PackedKey)
	if !ok || value.Type() != pcommon.ValueTypeStr {
		return nil, false
	}
	text := value.Str()
	return unsafe.Slice(unsafe.StringData(text), len(text)), true //nolint:gosec // only read
}
