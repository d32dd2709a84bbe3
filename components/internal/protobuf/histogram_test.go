package protobuf

import (
	"testing"

	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"
)

func TestSchemaOfAHistogram(t *testing.T) {
	for _, schema := range []int32{-53, -4, 0, 8} {
		message, err := (&prompb.Histogram{Sum: 1.5, Schema: schema, PositiveSpans: []prompb.BucketSpan{{Offset: 1, Length: 2}}, Timestamp: 7}).Marshal()
		require.NoError(t, err)
		require.EqualValues(t, schema, SchemaOf(message))
		for cut := range message {
			require.Contains(t, []int64{int64(schema), 0}, SchemaOf(message[:cut]), "cut at %d", cut)
		}
	}
}

func TestOnlyHistogramsAreValid(t *testing.T) {
	message, err := (&prompb.Histogram{
		Count: &prompb.Histogram_CountInt{CountInt: 3}, Sum: 1.5, Schema: -53, ZeroThreshold: 1e-9,
		PositiveSpans: []prompb.BucketSpan{{Offset: -1, Length: 2}}, PositiveDeltas: []int64{1, -1}, CustomValues: []float64{1, 2}, Timestamp: 7,
	}).Marshal()
	require.NoError(t, err)
	require.True(t, ValidHistogram(message))
	require.True(t, ValidHistogram(nil), "everything has its default")
	for _, bytes := range []string{"nonsense", string(message) + "\x88\x01\x00", string(message[:len(message)-1])} {
		require.False(t, ValidHistogram([]byte(bytes)), "%q", bytes)
	}
}
