package write

import (
	"testing"

	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

// FuzzEncode takes any bytes for a record. None make it panic, both protocols agree on which are well formed, and what they
// make of those decodes, has as much in it as they say, and is no larger than was foreseen.
func FuzzEncode(f *testing.F) {
	up := labels("__name__", "up", "job", "node")
	traced := exemplars(f, prompb.Exemplar{Labels: []prompb.Label{{Name: "trace_id", Value: "a1"}}, Value: 0.5, Timestamp: -3})
	f.Add(recordOf(&record.Sample{Kind: record.Float, Labels: up, Timestamp: 7, Start: 4, Value: 1.5, Exemplars: traced}))
	f.Add(recordOf(
		&record.Metadata{Type: record.Gauge, Family: "up", Help: "Whether.", Unit: "up"},
		&record.Sample{Kind: record.Histogram, Labels: up, Start: 6, Histogram: histogram(f, &native)},
		&record.Sample{Kind: record.Histogram, Labels: up, Histogram: histogram(f, &custom)},
	))
	f.Add(recordOf(
		&record.Sample{Kind: record.LoneExemplars, Labels: up, Timestamp: 7, Exemplars: traced},
		&record.Sample{Kind: record.Float, Labels: up, Timestamp: 7},
	))
	one, two := NewEncoder(V1), NewEncoder(V2)
	f.Fuzz(func(t *testing.T, data []byte) {
		v1, err1 := encodeAll(one, data)
		v2, err2 := encodeAll(two, data)
		if !validMetadata(data) {
			return // 1.0 does not send metadata, and does not read them
		}
		require.Equal(t, err1 == nil, err2 == nil, "%v, %v", err1, err2)
		if err1 != nil {
			return
		}
		first, second := decodeV1(t, v1.Body), decodeV2(t, v2.Body)
		require.Len(t, first.Timeseries, v1.Samples+v1.Histograms+v1.Lone)
		require.Len(t, second.Timeseries, v2.Samples+v2.Histograms+v2.Lone)
		for i, series := range second.Timeseries {
			requireSame(t, first.Timeseries[i].Labels, text(t, second, series.LabelsRefs))
			require.Len(t, series.Exemplars, len(first.Timeseries[i].Exemplars))
			for k, exemplar := range series.Exemplars {
				requireSame(t, first.Timeseries[i].Exemplars[k].Labels, text(t, second, exemplar.LabelsRefs))
			}
		}
		require.LessOrEqual(t, max(v1.Raw, v2.Raw), maxSizeOf(t, data))
	})
}

// validMetadata reports whether all metadata of a record are well formed, as far as it can be read.
func validMetadata(data []byte) bool {
	var items record.Reader
	_ = items.Reset(data)
	for {
		metadata, more, err := items.Next()
		if err != nil || !more {
			return true
		}
		if metadata != nil {
			if _, err := record.ViewMetadata(metadata); err != nil {
				return false
			}
		}
	}
}

func requireSame(t *testing.T, want []prompb.Label, got []string) {
	t.Helper()
	require.Len(t, got, 2*len(want))
	for i, label := range want {
		require.Equal(t, [...]string{label.Name, label.Value}, [...]string{got[2*i], got[2*i+1]})
	}
}

// maxSizeOf is the bound of a request: 2 for the symbol that even an empty one has, and what each item adds.
func maxSizeOf(t *testing.T, data []byte) int {
	t.Helper()
	size := 2
	var items record.Reader
	require.NoError(t, items.Reset(data))
	for {
		metadata, more, err := items.Next()
		if err != nil || !more {
			return size
		}
		if size += len(metadata); metadata == nil {
			size += MaxSize(&items.Sample)
		}
	}
}
