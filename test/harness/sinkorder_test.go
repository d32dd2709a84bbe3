package harness

import (
	"net/http"
	"testing"

	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"
)

func TestASinkCountsSamplesOutOfOrder(t *testing.T) {
	sink := StartSink()
	t.Cleanup(sink.Close)
	outOfOrder := sink.CheckOrder()
	for _, at := range []int64{1000, 2000, 2000, 1500, 2500, -1} {
		reply, err := Write(t.Context(), http.DefaultClient, sink.URL, AccessKey{}, []prompb.TimeSeries{
			SeriesOf(at, 1, "__name__", "a"), SeriesOf(at+int64(sink.Totals().Requests)*10_000, 1, "__name__", "b"),
		})
		require.NoError(t, err)
		require.Equal(t, http.StatusNoContent, reply.Status)
	}
	require.EqualValues(t, 2, outOfOrder(), "1500 and -1 of a")
	require.EqualValues(t, 12, sink.Totals().Samples)
}
