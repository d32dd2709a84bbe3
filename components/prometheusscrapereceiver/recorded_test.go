package prometheusscrapereceiver

import (
	"context"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

func newConsumer(consume func(context.Context, pmetric.Metrics) error) (consumer.Metrics, error) {
	return consumer.NewMetrics(consume)
}

// recorded is what a pipeline took.
type recorded struct {
	mu      sync.Mutex
	metrics []pmetric.Metric
}

func (r *recorded) consume(_ context.Context, md pmetric.Metrics) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics()
	for i := range all.Len() {
		r.metrics = append(r.metrics, all.At(i))
	}
	return nil
}

// points are the gauge points of a name.
func (r *recorded) points(name string) []pmetric.NumberDataPoint {
	r.mu.Lock()
	defer r.mu.Unlock()
	var points []pmetric.NumberDataPoint
	for _, m := range r.metrics {
		if m.Name() == name && verbatim.Is(m) && m.Type() == pmetric.MetricTypeGauge {
			for i := range m.Gauge().DataPoints().Len() {
				points = append(points, m.Gauge().DataPoints().At(i))
			}
		}
	}
	return points
}

func (r *recorded) has(name string, kind pmetric.NumberDataPointValueType) bool {
	for _, p := range r.points(name) {
		if p.ValueType() == kind {
			return true
		}
	}
	return false
}

func write(t *testing.T, path, content string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
}
