package harness

import (
	"fmt"
	"math"
	"testing"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const typeV2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request"

func marshal(t testing.TB, message interface{ Marshal() ([]byte, error) }) []byte {
	t.Helper()
	raw, err := message.Marshal()
	require.NoError(t, err)
	return snappy.Encode(nil, raw)
}

func TestBothVersionsDecodeToTheSame(t *testing.T) {
	stale := math.Float64frombits(0x7ff0000000000002)
	one, err := DecodeWriteRequest("application/x-protobuf", marshal(t, &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{
		{Labels: []prompb.Label{{Name: "__name__", Value: "up"}}, Samples: []prompb.Sample{{Value: stale, Timestamp: 7}},
			Exemplars: []prompb.Exemplar{{Labels: []prompb.Label{{Name: "id", Value: "up"}}, Value: 2, Timestamp: 3}}},
		{Histograms: []prompb.Histogram{{Sum: 3, Timestamp: 8, PositiveDeltas: []int64{1, -1}}}},
	}}))
	require.NoError(t, err)
	two, err := DecodeWriteRequest(typeV2, marshal(t, &writev2.Request{Symbols: []string{"", "__name__", "up", "id"}, Timeseries: []writev2.TimeSeries{
		{LabelsRefs: []uint32{1, 2}, Samples: []writev2.Sample{{Value: stale, Timestamp: 7}},
			Exemplars: []writev2.Exemplar{{LabelsRefs: []uint32{3, 2}, Value: 2, Timestamp: 3}}},
		{Histograms: []writev2.Histogram{{Sum: 3, Timestamp: 8, StartTimestamp: 5, PositiveDeltas: []int64{1, -1}}}},
	}}))
	require.NoError(t, err)
	assert.True(t, two.V2)
	assert.Equal(t, int64(5), two.Series[1].Histograms[0].Start)
	two.Series[1].Histograms[0].Start = 0
	assert.Equal(t, one.Series, two.Series)
	assert.Equal(t, math.Float64bits(stale), one.Series[0].Samples[0].Bits)
	assert.Equal(t, `{__name__="up"}`, one.Series[0].String())
}

func TestMetadataOfBothVersions(t *testing.T) {
	one, err := DecodeWriteRequest("", marshal(t, &prompb.WriteRequest{Metadata: []prompb.MetricMetadata{
		{Type: prompb.MetricMetadata_GAUGE, MetricFamilyName: "up", Help: "Whether.", Unit: "s"},
	}}))
	require.NoError(t, err)
	assert.Equal(t, []WrittenMetadata{{2, "up", "Whether.", "s"}}, one.Metadata)
	two, err := DecodeWriteRequest(typeV2, marshal(t, &writev2.Request{Symbols: []string{"", "Whether.", "s"}, Timeseries: []writev2.TimeSeries{
		{Metadata: writev2.Metadata{Type: writev2.Metadata_METRIC_TYPE_GAUGE, HelpRef: 1, UnitRef: 2}}, {},
	}}))
	require.NoError(t, err)
	assert.Equal(t, &WrittenMetadata{2, "", "Whether.", "s"}, two.Series[0].Metadata)
	assert.Nil(t, two.Series[1].Metadata)
}

// BenchmarkDecode reads requests of 1,000 series with nine labels, as the endpoint does with each.
func BenchmarkDecode(b *testing.B) {
	var request prompb.WriteRequest
	for i := range 1_000 {
		series := prompb.TimeSeries{Samples: []prompb.Sample{{Value: float64(i), Timestamp: 1}}}
		for k := range 9 {
			series.Labels = append(series.Labels, prompb.Label{Name: fmt.Sprintf("label_%d", k), Value: fmt.Sprintf("value-%d", i%(k+1))})
		}
		request.Timeseries = append(request.Timeseries, series)
	}
	body := marshal(b, &request)
	for b.Loop() {
		if _, err := DecodeWriteRequest("", body); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1_000, "ns/sample")
}

func TestMalformedRequestsAreErrors(t *testing.T) {
	symbols := []string{"", "up"}
	for want, message := range map[string]*writev2.Request{
		"is not the empty one":              {Symbols: symbols[1:]},
		"1 references are no pairs":         {Symbols: symbols, Timeseries: []writev2.TimeSeries{{LabelsRefs: []uint32{1}}}},
		"a label refers to symbols 1 and 2": {Symbols: symbols, Timeseries: []writev2.TimeSeries{{LabelsRefs: []uint32{1, 2}}}},
		"metadata refer to symbols 9 and 0": {Symbols: symbols, Timeseries: []writev2.TimeSeries{{Metadata: writev2.Metadata{HelpRef: 9}}}},
	} {
		_, err := DecodeWriteRequest(typeV2, marshal(t, message))
		require.ErrorContains(t, err, want)
	}
	_, err := DecodeWriteRequest("", []byte("not snappy"))
	require.ErrorContains(t, err, "decompress")
	_, err = DecodeWriteRequest("", snappy.Encode(nil, []byte("not protobuf")))
	require.ErrorContains(t, err, "decode 1.0")
}
