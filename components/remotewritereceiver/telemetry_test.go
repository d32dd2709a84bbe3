package remotewritereceiver

import (
	"os"
	"testing"

	"github.com/golang/snappy"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
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

// The metrics are named as README.md says, and count over several requests.
func TestTelemetry(t *testing.T) {
	r := start(t, testConfig(), consumertest.NewNop())
	body := goodBody(t)
	for range 3 {
		post(t, r.url, typeV1, body)
	}
	post(t, r.url, typeV1, []byte("no"))
	require.EqualValues(t, 3, r.sum(t, "requests", "code", "204"))
	require.EqualValues(t, 1, r.sum(t, "requests", "code", "400"))
	require.EqualValues(t, 0, r.sum(t, "requests", "code", "503"))
	require.EqualValues(t, 4, r.sum(t, "requests", "", ""))
	require.EqualValues(t, 3, r.sum(t, "accepted_samples", "", ""))
	require.EqualValues(t, 3*len(body)+2, r.sum(t, "received_bytes", "", ""))
	size, err := snappy.DecodedLen(body)
	require.NoError(t, err)
	require.EqualValues(t, 3*size, r.sum(t, "decompressed_bytes", "", ""))
	require.EqualValues(t, 0, r.sum(t, "in_flight_requests", "", ""))

	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	for _, name := range []string{
		"requests", "received_bytes", "decompressed_bytes", "accepted_samples", "accepted_exemplars", "accepted_metadata",
		"refused_samples", "refused_exemplars", "in_flight_requests", "in_flight_bytes", "failed_handshakes",
	} {
		_, err := r.stats.GetMetric(metricPrefix + name)
		require.NoError(t, err, name)
		require.Contains(t, string(readme), "`"+name+"`")
	}
	for i := range r.telemetry.requests {
		require.Contains(t, string(readme), "`"+codeName(i)+"`")
	}
	for _, reason := range reasonNames {
		require.Contains(t, string(readme), "`"+reason+"`")
	}
}

func TestCodes(t *testing.T) {
	var received telemetry
	for _, status := range []int{204, 401, 401, 418} {
		received.answered(status)
	}
	got := map[string]int64{}
	for i := range received.requests {
		if n := received.requests[i].Load(); n > 0 {
			got[codeName(i)] = n
		}
	}
	require.Equal(t, map[string]int64{"204": 1, "401": 2, "other": 1}, got)
}
