package write

import (
	"testing"

	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

// Lone exemplars are a TimeSeries without a sample, as Prometheus sends them.
func TestLoneExemplars(t *testing.T) {
	traced := prompb.Exemplar{Labels: []prompb.Label{{Name: "trace_id", Value: "a1"}}, Value: 0.5, Timestamp: 3}
	data := recordOf(
		&record.Sample{Kind: record.Float, Labels: labels("__name__", "up"), Timestamp: 1, Value: 1},
		&record.Sample{Kind: record.LoneExemplars, Labels: labels("__name__", "up", "job", "node"), Timestamp: 3, Exemplars: exemplars(t, traced, traced)},
	)
	v1, err := encodeAll(NewEncoder(V1), data)
	require.NoError(t, err)
	require.Equal(t, [...]int{1, 0, 1, 2}, [...]int{v1.Samples, v1.Histograms, v1.Lone, v1.Exemplars})
	require.Equal(t, prompb.TimeSeries{
		Labels: []prompb.Label{{Name: "__name__", Value: "up"}, {Name: "job", Value: "node"}}, Exemplars: []prompb.Exemplar{traced, traced},
	}, decodeV1(t, v1.Body).Timeseries[1])

	v2, err := encodeAll(NewEncoder(V2), data)
	require.NoError(t, err)
	require.Equal(t, [...]int{1, 0, 1, 2}, [...]int{v2.Samples, v2.Histograms, v2.Lone, v2.Exemplars})
	request := decodeV2(t, v2.Body)
	got := request.Timeseries[1]
	require.Equal(t, []string{"__name__", "up", "job", "node"}, text(t, request, got.LabelsRefs))
	require.Equal(t, [...]int{0, 0, 2}, [...]int{len(got.Samples), len(got.Histograms), len(got.Exemplars)})
	require.Equal(t, writev2.Exemplar{LabelsRefs: got.Exemplars[0].LabelsRefs, Value: 0.5, Timestamp: 3}, got.Exemplars[1])
	require.LessOrEqual(t, max(v1.Raw, v2.Raw), maxSizeOf(t, data))

	old, err := NewEncoder(V1).Encode(data, 0, 2, 4)
	require.NoError(t, err)
	require.Equal(t, 2, old.TooOld, "the age of lone exemplars is that of the newest")
}
