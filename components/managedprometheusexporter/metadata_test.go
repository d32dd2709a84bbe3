package managedprometheusexporter

import (
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// A Prometheus server sends the metadata of its families in requests without samples: they go on to the endpoint.
func TestMetadataWithoutSamplesArrive(t *testing.T) {
	endpoint := newReceiver(t)
	config := endpoint.config(t)
	config.Metadata.Send, config.Metadata.SendInterval = true, 10*time.Millisecond
	e, _ := started(t, component.NewID(componentType), config)
	var w verbatim.Writer
	w.Describe(verbatim.Metadata{Type: model.MetricTypeCounter, Family: "requests", Help: "Requests."})
	require.NoError(t, e.ConsumeMetrics(t.Context(), w.Take()))
	require.Eventually(t, func() bool { return e.queue.Load().Snapshot().Metadata == 1 }, time.Minute, time.Millisecond)
	require.Equal(t, "requests", endpoint.described()[0].MetricFamilyName, "by its family's name, as it came")
}
