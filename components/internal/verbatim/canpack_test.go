package verbatim

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pipeline"
)

// exportingHost is a collector with some exporters of metrics.
type exportingHost struct {
	component.Host
	exporters []string
}

func (h exportingHost) GetExporters() map[pipeline.Signal]map[component.ID]component.Component {
	ids := map[component.ID]component.Component{}
	for _, name := range h.exporters {
		var id component.ID
		_ = id.UnmarshalText([]byte(name))
		ids[id] = nil
	}
	return map[pipeline.Signal]map[component.ID]component.Component{pipeline.SignalMetrics: ids}
}

type changing struct{ consumertest.MetricsSink }

func (*changing) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: true}
}

func TestSeriesArePackedOnlyForOurExporter(t *testing.T) {
	with := func(exporters ...string) component.Host {
		return exportingHost{componenttest.NewNopHost(), exporters}
	}
	reading := new(consumertest.MetricsSink)
	assert.True(t, CanPack(with("managed_prometheus"), reading))
	assert.True(t, CanPack(with("managed_prometheus", "managed_prometheus/second"), reading))
	assert.False(t, CanPack(with("managed_prometheus", "debug"), reading))
	assert.False(t, CanPack(with("otlp/managed_prometheus"), reading))
	assert.False(t, CanPack(with(), reading))
	assert.False(t, CanPack(componenttest.NewNopHost(), reading), "a host that does not say")
	assert.False(t, CanPack(with("managed_prometheus"), new(changing)), "a processor that would find nothing to change")
}
