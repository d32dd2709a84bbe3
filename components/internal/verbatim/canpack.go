package verbatim

import (
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pipeline"
)

// reader is the type of the exporter that reads packed series.
var reader = component.MustNewType("managed_prometheus")

// CanPack tells a receiver, at its start, whether nothing but our exporter will look at the series: no processor behind the
// receiver changes data, and the collector has no other exporter of metrics. It is false with a host that does not say.
func CanPack(host component.Host, next consumer.Metrics) bool {
	if next.Capabilities().MutatesData {
		return false
	}
	exporting, ok := host.(interface {
		GetExporters() map[pipeline.Signal]map[component.ID]component.Component
	})
	if !ok {
		return false
	}
	exporters := exporting.GetExporters()[pipeline.SignalMetrics]
	for id := range exporters {
		if id.Type() != reader {
			return false
		}
	}
	return len(exporters) > 0
}
