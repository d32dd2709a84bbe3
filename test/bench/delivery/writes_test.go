package main

import (
	"testing"
	"time"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAWriteTakesNewTimesAndValues(t *testing.T) {
	lines := hostLines()
	w, err := newWrite(lines, "host")
	require.NoError(t, err)
	for scrape, now := range []time.Time{time.UnixMilli(1_800_000_000_123), time.UnixMilli(1_800_000_002_000)} {
		raw, err := snappy.Decode(nil, w.at(now))
		require.NoError(t, err)
		var request prompb.WriteRequest
		require.NoError(t, request.Unmarshal(raw))
		require.Len(t, request.Timeseries, seriesPerTarget)
		names := map[string]bool{}
		for i, series := range request.Timeseries {
			require.Equal(t, []prompb.Sample{{Value: lines[i].value(uint64(scrape)), Timestamp: now.UnixMilli()}}, series.Samples)
			names[series.String()] = true
		}
		assert.Len(t, names, seriesPerTarget, "all differ")
	}
}
