package remotewritereceiver

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

func sumOf(t *testing.T, m metricdata.Metrics, key, value string) (sum int64) {
	t.Helper()
	var points []metricdata.DataPoint[int64]
	switch data := m.Data.(type) {
	case metricdata.Sum[int64]:
		points = data.DataPoints
	case metricdata.Gauge[int64]:
		points = data.DataPoints
	default:
		require.Failf(t, "another kind of metric", "%T", data)
	}
	for _, p := range points {
		if v, ok := p.Attributes.Value("receiver"); !ok || v.AsString() == "" {
			require.Fail(t, "a point without its receiver")
		}
		for _, kv := range p.Attributes.ToSlice() {
			if key == "" || string(kv.Key) == key && kv.Value.AsString() == value {
				sum += p.Value
				break
			}
		}
	}
	return sum
}
