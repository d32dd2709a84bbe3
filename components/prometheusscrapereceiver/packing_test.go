package prometheusscrapereceiver

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pipeline"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
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
	assert.True(t, canPack(with("managed_prometheus"), reading))
	assert.True(t, canPack(with("managed_prometheus", "managed_prometheus/second"), reading))
	assert.False(t, canPack(with("managed_prometheus", "debug"), reading))
	assert.False(t, canPack(with("otlp/managed_prometheus"), reading))
	assert.False(t, canPack(with(), reading))
	assert.False(t, canPack(componenttest.NewNopHost(), reading), "a host that does not say")
	assert.False(t, canPack(with("managed_prometheus"), new(changing)), "a processor that would find nothing to change")
	require.IsType(t, &verbatim.Packer{}, newWriter(true))
	require.IsType(t, &verbatim.Writer{}, newWriter(false))
}
