package write

import (
	"math"
	"testing"

	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

func TestV1HasWhatTheRecordHas(t *testing.T) {
	up := labels("__name__", "up", "job", "node")
	traced := []prompb.Exemplar{
		{Labels: []prompb.Label{{Name: "trace_id", Value: "a1"}, {Name: "z", Value: ""}}, Value: 0.5, Timestamp: -3},
		{},
	}
	request, err := encodeAll(NewEncoder(V1), recordOf(
		&record.Metadata{Type: record.Gauge, Family: "up", Help: "skipped"},
		&record.Sample{Kind: record.Float, Labels: up, Timestamp: 1_700_000_000_000, Start: 4, Value: 1.5, Exemplars: exemplars(t, traced...)},
		&record.Sample{Kind: record.Histogram, Labels: up, Timestamp: 9, Histogram: histogram(t, &native), Exemplars: exemplars(t, traced[0])},
		&record.Sample{Kind: record.Histogram, Labels: nil, Histogram: histogram(t, &custom)},
	))
	require.NoError(t, err)
	require.Equal(t, [...]int{1, 2, 3, 0}, [...]int{request.Samples, request.Histograms, request.Exemplars, request.Metadata})

	got := decodeV1(t, request.Body)
	want := &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{
		{Labels: []prompb.Label{{Name: "__name__", Value: "up"}, {Name: "job", Value: "node"}},
			Samples: []prompb.Sample{{Value: 1.5, Timestamp: 1_700_000_000_000}}, Exemplars: traced},
		{Labels: []prompb.Label{{Name: "__name__", Value: "up"}, {Name: "job", Value: "node"}},
			Histograms: []prompb.Histogram{native}, Exemplars: traced[:1]},
		{Histograms: []prompb.Histogram{custom}},
	}}
	sum := &got.Timeseries[2].Histograms[0].Sum
	require.Equal(t, math.Float64bits(staleMarker), math.Float64bits(*sum))
	*sum, want.Timeseries[2].Histograms[0].Sum = 0, 0 // not equal to itself
	require.Equal(t, want, got)
	require.Equal(t, got.Size()+9, request.Raw, "only the sum, 9 bytes, was taken away")
}

// TestValuesKeepTheirBits has all values in both protocols.
func TestValuesKeepTheirBits(t *testing.T) {
	values := []float64{0, negativeZero, 1, -1, math.Inf(1), math.Inf(-1), math.NaN(), staleMarker, math.MaxFloat64, math.SmallestNonzeroFloat64}
	times := []int64{0, 1, -1, math.MaxInt64, math.MinInt64}
	var all []any
	for _, value := range values {
		for _, at := range times {
			all = append(all, &record.Sample{Kind: record.Float, Value: value, Timestamp: at, Start: at})
		}
	}
	v1, err := encodeAll(NewEncoder(V1), recordOf(all...))
	require.NoError(t, err)
	one := decodeV1(t, v1.Body)
	v2, err := encodeAll(NewEncoder(V2), recordOf(all...))
	require.NoError(t, err)
	two := decodeV2(t, v2.Body)
	require.Len(t, one.Timeseries, len(all))
	require.Len(t, two.Timeseries, len(all))
	for i := range all {
		want := all[i].(*record.Sample)
		bits := math.Float64bits(want.Value)
		got1, got2 := one.Timeseries[i].Samples[0], two.Timeseries[i].Samples[0]
		require.Equal(t, [...]uint64{bits, bits}, [...]uint64{math.Float64bits(got1.Value), math.Float64bits(got2.Value)})
		require.Equal(t, [...]int64{want.Timestamp, want.Timestamp, want.Start}, [...]int64{got1.Timestamp, got2.Timestamp, got2.StartTimestamp})
	}
}

func TestMetadataAlone(t *testing.T) {
	encoder := NewEncoder(V2)
	families := []record.Metadata{
		{Type: record.StateSet, Family: "up", Help: string(make([]byte, 200)), Unit: "s"},
		{Type: 200, Family: "of_another_version"},
	}
	request := encoder.EncodeMetadata(families)
	require.Equal(t, 2, request.Metadata)
	require.Equal(t, MetadataSize(&families[0])+MetadataSize(&families[1]), request.Raw)
	require.Equal(t, V2, encoder.Protocol())
	require.Equal(t, &prompb.WriteRequest{Metadata: []prompb.MetricMetadata{
		{Type: prompb.MetricMetadata_STATESET, MetricFamilyName: "up", Help: string(make([]byte, 200)), Unit: "s"},
		{MetricFamilyName: "of_another_version"},
	}}, decodeV1(t, request.Body))
}

func TestHeadersNameTheProtocol(t *testing.T) {
	encoder := NewEncoder(V1)
	require.Equal(t, "application/x-protobuf", encoder.Protocol().Headers().Get("Content-Type"))
	require.Equal(t, "0.1.0", encoder.Protocol().Headers().Get("X-Prometheus-Remote-Write-Version"))
	encoder.SetProtocol(V2)
	require.Equal(t, "application/x-protobuf;proto=io.prometheus.write.v2.Request", encoder.Protocol().Headers().Get("Content-Type"))
	require.Equal(t, "2.0.0", encoder.Protocol().Headers().Get("X-Prometheus-Remote-Write-Version"))
	require.Equal(t, "snappy", encoder.Protocol().Headers().Get("Content-Encoding"))
}
