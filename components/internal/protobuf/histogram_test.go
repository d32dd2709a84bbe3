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
