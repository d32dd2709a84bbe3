package configreload

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	sdk "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// values are what is exposed, by name and result.
func values(t *testing.T, reader sdk.Reader) map[string]int64 {
	t.Helper()
	var all metricdata.ResourceMetrics
	require.NoError(t, reader.Collect(t.Context(), &all))
	found := map[string]int64{}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			switch data := m.Data.(type) {
			case metricdata.Sum[int64]:
				for _, point := range data.DataPoints {
					result, _ := point.Attributes.Value("result")
					found[m.Name+" "+result.AsString()] = point.Value
				}
			case metricdata.Gauge[int64]:
				found[m.Name] = data.DataPoints[0].Value
			}
		}
	}
	return found
}

func TestCountIsReportedByOneComponentAtATime(t *testing.T) {
	const taken, refused, last = "otelcol_config_reloads accepted", "otelcol_config_reloads refused", "otelcol_config_last_reload_successful"
	reader := sdk.NewManualReader()
	provider := sdk.NewMeterProvider(sdk.WithReader(reader))
	var count Count
	stop, err := count.Report(provider)
	require.NoError(t, err)
	require.NoError(t, stop())
	assert.Empty(t, values(t, reader), "nothing can be reloaded")

	count.Accept()
	stop, err = count.Report(provider)
	require.NoError(t, err)
	other, err := count.Report(provider)
	require.NoError(t, err)
	assert.Equal(t, map[string]int64{taken: 1, refused: 0, last: 1}, values(t, reader))
	count.Refuse(errors.New("a key is unknown"))
	count.Refuse(errors.New("a key is unknown"))
	assert.Equal(t, map[string]int64{taken: 1, refused: 2, last: 0}, values(t, reader))
	assert.Equal(t, "a key is unknown", count.State().Error)
	count.Restore()
	assert.Equal(t, map[string]int64{taken: 1, refused: 2, last: 1}, values(t, reader))
	assert.Empty(t, count.State().Error)

	require.NoError(t, other())
	assert.NotEmpty(t, values(t, reader), "the first goes on reporting")
	require.NoError(t, stop())
	assert.Empty(t, values(t, reader))
	count.Accept()
	stop, err = count.Report(provider)
	require.NoError(t, err)
	assert.Equal(t, map[string]int64{taken: 2, refused: 2, last: 1}, values(t, reader))
	require.NoError(t, stop())
}
