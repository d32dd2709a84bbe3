package harness

import (
	"testing"

	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestASinkCountsBothVersions(t *testing.T) {
	sink := StartSink()
	t.Cleanup(sink.Close)
	post := func(contentType string, body []byte) reply {
		got := send(t.Context(), &Endpoint{URL: sink.URL}, contentType, body)
		require.NoError(t, got.err)
		return got
	}
	one := marshal(t, &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{
		{Labels: []prompb.Label{{Name: "a", Value: "b"}}, Samples: []prompb.Sample{{Value: 1}, {}}, Exemplars: []prompb.Exemplar{{Value: 1}}},
		{Histograms: []prompb.Histogram{{Sum: 1}}},
	}})
	two := marshal(t, &writev2.Request{Symbols: []string{"", "a"}, Timeseries: []writev2.TimeSeries{
		{LabelsRefs: []uint32{1, 1}, Samples: []writev2.Sample{{Value: 1}}, Exemplars: []writev2.Exemplar{{Value: 1}}},
		{Histograms: []writev2.Histogram{{Sum: 1}}},
	}})
	post("application/x-protobuf", one)
	assert.Equal(t, "2", post(typeV2, two).header.Get("X-Prometheus-Remote-Write-Samples-Written"))
	post("", []byte("not snappy"))
	assert.Equal(t, Sunk{Requests: 3, Samples: 5, Bytes: uint64(len(one) + len(two) + len("not snappy")), Undecodable: 1}, sink.Totals())
}
