package remotewritereceiver

import (
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// breaking is a writer that panics at a series of the name "broken".
type breaking struct{ writer }

func (b breaking) Float(ls labels.Labels, m verbatim.Metadata, start, at int64, v float64) error {
	if ls.Get("__name__") == "broken" {
		panic("broken")
	}
	return b.writer.Float(ls, m, start, at, v)
}

// What a request had written when it panicked does not get into the next one, and it holds neither a place nor bytes.
func TestAPanicLeavesNothing(t *testing.T) {
	var taken []pmetric.Metrics
	h := testHandler(t, testConfig(), keepAll(t, &taken))
	h.work.New = func() any { return &work{request: request{writer: breaking{newWriter(false)}}} }
	message := &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{one(1, "__name__", "half"), one(2, "__name__", "broken")}}
	for range 10 { // the race detector makes a pool forgetful
		require.Panics(t, func() { serve(h, typeV1, bytesOf(t, message)) })
		serve(h, typeV1, goodBody(t))
	}
	require.Len(t, taken, 10)
	for _, md := range taken {
		require.Equal(t, 1, md.DataPointCount())
	}
	requests, bytes := h.load()
	require.Zero(t, requests)
	require.Zero(t, bytes)
}
