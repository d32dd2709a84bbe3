package record

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func labels(pairs ...string) []byte {
	var dst []byte
	for i := 0; i < len(pairs); i += 2 {
		dst = AppendLabel(dst, pairs[i], pairs[i+1])
	}
	return dst
}

func TestWhatWasAddedIsReadBack(t *testing.T) {
	up := labels("__name__", "up", "job", "node")
	want := []Sample{
		{Kind: Float, Hash: HashLabels(up), Timestamp: 1_700_000_000_000, Value: 1, Labels: up},
		{Kind: Float, Hash: 7, Timestamp: -5, Start: 12, Value: math.Copysign(0, -1), Labels: up, Exemplars: []byte("exemplar")},
		{Kind: Histogram, Hash: 8, Timestamp: 0, Histogram: []byte("buckets"), Labels: nil},
	}
	meta := Metadata{Type: Gauge, Family: "up", Help: "Whether it is.", Unit: "1"}

	var b Builder
	b.Reset()
	b.AddMetadata(&meta)
	for i := range want {
		b.Add(&want[i])
	}
	require.EqualValues(t, len(want), b.Count())

	cursor, err := Parse(b.Bytes())
	require.NoError(t, err)
	item, ok, err := cursor.Next()
	require.NoError(t, err)
	require.True(t, ok)
	got, err := DecodeMetadata(item.Raw)
	require.NoError(t, err)
	require.Equal(t, meta, got)
	for _, sample := range want {
		item, ok, err := cursor.Next()
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, sample.Hash, item.Hash)
		got, err := DecodeSample(item.Raw)
		require.NoError(t, err)
		require.Equal(t, math.Float64bits(sample.Value), math.Float64bits(got.Value))
		require.Equal(t, string(sample.Labels), string(got.Labels))
		got.Labels, sample.Labels = nil, nil
		require.Equal(t, sample, got)
	}
	_, ok, err = cursor.Next()
	require.NoError(t, err)
	require.False(t, ok)
}

func TestTheSizeOfALabelIsKnownBefore(t *testing.T) {
	for _, size := range []int{0, 1, 110, 120, 127, 128, 300} {
		name, value := AppendName(nil, "name"), string(make([]byte, size))
		require.Equal(t, len(AppendNamed(nil, name, value)), NamedSize(name, value), "%d", size)
	}
}

func TestLabelsAreReadBack(t *testing.T) {
	long := string(make([]byte, 300))
	walk := LabelsOf(labels("__name__", "up", "long", long))
	name, value, ok := walk.Next()
	require.True(t, ok)
	require.Equal(t, "__name__ up", string(name)+" "+string(value))
	name, value, ok = walk.Next()
	require.True(t, ok)
	require.Equal(t, "long"+long, string(name)+string(value))
	_, _, ok = walk.Next()
	require.False(t, ok)
}

func FuzzCursor(f *testing.F) {
	var b Builder
	b.Reset()
	b.AddMetadata(&Metadata{Family: "up"})
	b.Add(&Sample{Kind: Float, Labels: labels("__name__", "up"), Start: 3, Exemplars: []byte("e")})
	f.Add(b.Bytes())
	f.Add([]byte{version, byte(Float), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(_ *testing.T, data []byte) {
		cursor, err := Parse(data)
		if err != nil {
			return
		}
		for {
			item, ok, err := cursor.Next()
			if err != nil || !ok {
				return
			}
			if sample, err := DecodeSample(item.Raw); err == nil {
				walk := LabelsOf(sample.Labels)
				for ok := true; ok; {
					_, _, ok = walk.Next()
				}
			}
			_, _ = DecodeMetadata(item.Raw)
		}
	})
}

func TestANameEncodedOnceMakesTheSameLabels(t *testing.T) {
	for _, size := range []int{0, 1, 118, 119, 120, 121, 125, 126, 127, 128, 300, 20_000} {
		value := string(make([]byte, size))
		require.Equal(t, AppendLabel(nil, "name", value), AppendNamed(nil, AppendName(nil, "name"), value), size)
		require.Equal(t, AppendLabel(nil, value, "v"), AppendNamed(nil, AppendName(nil, value), "v"), size)
	}
}

// A float without start and exemplars is put together again as it was, with other labels; nothing else is taken apart.
func TestSplit(t *testing.T) {
	up, other := labels("__name__", "up"), labels("__name__", "up", "job", "node")
	for _, sample := range []Sample{
		{Kind: Float, Timestamp: 1_800_000_000_000, Value: 1.5, Labels: up}, {Kind: Float, Timestamp: -1, Labels: up}, {Kind: Float},
	} {
		var b, want Builder
		b.Reset()
		b.Add(&sample)
		raw := b.Bytes()[1:]
		point, encoded, ok := Split(raw)
		require.True(t, ok)
		require.Equal(t, string(sample.Labels), string(encoded))
		b2 := Builder{}
		b2.Reset()
		b2.AddSplit(7, point, other)
		sample.Labels, sample.Hash = other, 7
		want.Reset()
		want.Add(&sample)
		require.Equal(t, want.Bytes(), b2.Bytes())
		require.EqualValues(t, 1, b2.Count())
		for cut := range raw {
			_, _, ok := Split(raw[:cut])
			require.False(t, ok, "cut at %d", cut)
		}
	}
	for _, sample := range []Sample{
		{Kind: Float, Start: 1, Labels: up}, {Kind: Float, Exemplars: []byte("e"), Labels: up}, {Kind: Histogram, Histogram: []byte("h"), Labels: up},
	} {
		var b Builder
		b.Reset()
		b.Add(&sample)
		_, _, ok := Split(b.Bytes()[1:])
		require.False(t, ok)
	}
}
