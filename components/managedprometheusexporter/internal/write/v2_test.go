package write

import (
	"fmt"
	"testing"

	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

func TestV2HasWhatTheRecordHas(t *testing.T) {
	up := labels("__name__", "up", "job", "up")
	traced := prompb.Exemplar{Labels: []prompb.Label{{Name: "trace_id", Value: "up"}}, Value: 0.5, Timestamp: -3}
	request, err := encodeAll(NewEncoder(V2), recordOf(
		&record.Metadata{Type: record.Gauge, Family: "up", Help: "Whether.", Unit: "up"},
		&record.Sample{Kind: record.Float, Labels: up, Timestamp: 7, Start: 4, Value: 1.5, Exemplars: exemplars(t, traced, prompb.Exemplar{})},
		&record.Sample{Kind: record.Histogram, Labels: up, Start: 6, Histogram: histogram(t, &native)},
		&record.Metadata{},
		&record.Sample{Kind: record.Histogram, Labels: up, Histogram: histogram(t, &native)},
	))
	require.NoError(t, err)
	require.Equal(t, [...]int{1, 2, 2, 1}, [...]int{request.Samples, request.Histograms, request.Exemplars, request.Metadata})

	got := decodeV2(t, request.Body)
	require.Equal(t, []string{"", "Whether.", "up", "__name__", "job", "trace_id"}, got.Symbols)
	series, started := []uint32{3, 2, 4, 2}, v2(t, &native)
	started.StartTimestamp = 6
	meta := writev2.Metadata{Type: writev2.Metadata_METRIC_TYPE_GAUGE, HelpRef: 1, UnitRef: 2}
	require.Equal(t, []writev2.TimeSeries{
		{LabelsRefs: series, Samples: []writev2.Sample{{Value: 1.5, Timestamp: 7, StartTimestamp: 4}}, Metadata: meta,
			Exemplars: []writev2.Exemplar{{LabelsRefs: []uint32{5, 2}, Value: 0.5, Timestamp: -3}, {}}},
		{LabelsRefs: series, Histograms: []writev2.Histogram{started}, Metadata: meta},
		{LabelsRefs: series, Histograms: []writev2.Histogram{v2(t, &native)}},
	}, got.Timeseries)
}

// A part of a batch begins behind the metadata that describe its samples, and may have samples that are too old.
func TestAPartHasItsMetadataAndItsAge(t *testing.T) {
	at := func(timestamp int64, pairs ...string) *record.Sample {
		return &record.Sample{Kind: record.Float, Labels: labels(append(pairs, "z", "end")...), Timestamp: timestamp}
	}
	batch := recordOf(
		&record.Metadata{Help: "Not this."},
		at(200, "__name__", "before"),
		&record.Metadata{Type: record.Gauge, Family: "up", Help: "Whether."},
		at(201, "__name__", "up", "job", "first"),
		at(99, "__name__", "up", "job", "second"),
		at(100, "__name__", "up", "job", "third"),
		&record.Metadata{Type: record.Counter},
		at(98, "__name__", "up"),
		at(101, "__name__", "up"),
		at(102, "__name__", "behind"),
	)
	request, err := NewEncoder(V2).Encode(batch, 2, 6, 100)
	require.NoError(t, err)
	require.Equal(t, [...]int{2, 2, 2}, [...]int{request.Samples, request.TooOld, request.Metadata})
	got := decodeV2(t, request.Body)
	require.NotContains(t, got.Symbols, "Not this.")
	require.Len(t, got.Timeseries, 2)
	require.Equal(t, []string{"__name__", "up", "job", "third", "z", "end"}, text(t, got, got.Timeseries[0].LabelsRefs))
	require.Equal(t, writev2.Metadata_METRIC_TYPE_GAUGE, got.Timeseries[0].Metadata.Type)
	require.Equal(t, "Whether.", got.Symbols[got.Timeseries[0].Metadata.HelpRef])
	require.Equal(t, writev2.Metadata_METRIC_TYPE_COUNTER, got.Timeseries[1].Metadata.Type)

	request, err = NewEncoder(V1).Encode(batch, 2, 6, 100)
	require.NoError(t, err)
	series := decodeV1(t, request.Body).Timeseries
	require.Len(t, series, 2)
	require.Equal(t, prompb.Label{Name: "job", Value: "third"}, series[0].Labels[1])
	require.Equal(t, []prompb.Sample{{Timestamp: 101}}, series[1].Samples)
}

// v2 is a histogram as 2.0 has it: the same fields.
func v2(t testing.TB, h *prompb.Histogram) (same writev2.Histogram) {
	require.NoError(t, same.Unmarshal(histogram(t, h)))
	return same
}

// TestManySymbols makes the table grow, and forget what the request before had.
func TestManySymbols(t *testing.T) {
	encoder := NewEncoder(V2)
	for round := range 3 {
		var all []any
		var want [][]string
		for i := range 5_000 {
			pairs := []string{"__name__", fmt.Sprintf("series_%d_%d", round, i%4_000), "same", "value", "z", fmt.Sprint(i)}
			all, want = append(all, &record.Sample{Kind: record.Float, Labels: labels(pairs...)}), append(want, pairs)
		}
		request, err := encodeAll(encoder, recordOf(all...))
		require.NoError(t, err)
		got := decodeV2(t, request.Body)
		require.Len(t, got.Symbols, 1+4+4_000+5_000)
		for i, series := range got.Timeseries {
			require.Equal(t, want[i], text(t, got, series.LabelsRefs))
		}
	}
}

// TestSymbolsOfOldRoundsAreForgotten turns the counter of rounds over.
func TestSymbolsOfOldRoundsAreForgotten(t *testing.T) {
	var s symbols
	s.reset()
	require.EqualValues(t, 1, s.ref([]byte("a")))
	s.round = ^uint32(0)
	s.reset()
	require.EqualValues(t, 1, s.round)
	require.EqualValues(t, 1, s.ref([]byte("b")))
	require.EqualValues(t, 2, s.ref([]byte("a")))
}
