package record

import (
	"bytes"
	"math"
	"slices"
	"strings"
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
		{Kind: Float, Timestamp: 1_700_000_000_000, Value: 1, Labels: up},
		{Kind: Float, Timestamp: -5, Start: 12, Value: math.Copysign(0, -1), Labels: up, Exemplars: []byte("exemplar")},
		{Kind: Histogram, Timestamp: 0, Histogram: []byte("buckets"), Labels: nil},
		{Kind: Float, Timestamp: math.MaxInt64, Labels: labels("__name__", "up", "instance", "a", "job", "node")},
		{Kind: Float, Timestamp: math.MinInt64, Labels: labels("__name__", "up", "instance", "b", "job", "node")},
		{Kind: Float, Timestamp: -1, Labels: labels("__name__", "up", "instance", "bb", "job", "node")},
		{Kind: Float, Value: math.NaN(), Labels: labels("__name__", "up", "job", "node")},
		{Kind: Float, Timestamp: 5, Start: -9, Labels: labels("__name__", "up", "long", strings.Repeat("long", 100))},
	}
	meta := Metadata{Type: Gauge, Family: "up", Help: "Whether it is.", Unit: "1"}

	var b Builder
	b.Reset()
	b.AddMetadata(&meta)
	for i := range want {
		b.Add(&want[i])
	}
	require.EqualValues(t, len(want), b.Count())

	requireRecord(t, b.Bytes(), meta, want)

	old := AppendMetadata([]byte{wholeVersion}, &meta)
	for i := range want {
		old = appendWhole(old, &want[i])
	}
	requireRecord(t, old, meta, want)
}

// appendWhole appends a sample as version 1 has it.
func appendWhole(dst []byte, s *Sample) []byte {
	item := appendExemplars(appendBytes(appendPoint(nil, s, s.Timestamp, bytesSize(s.Labels)), s.Labels), s)
	body, end := cutItem(item, 0)
	dst = appendUvarint(append(dst, item[0]), uint64(hashSize+end-body))
	return append(append(dst, "the hash"...), item[body:]...)
}

// requireRecord reads a record that has metadata and samples.
func requireRecord(t *testing.T, data []byte, meta Metadata, want []Sample) {
	t.Helper()
	var r Reader
	require.NoError(t, r.Reset(data))
	described, ok, err := r.Next()
	require.NoError(t, err)
	require.True(t, ok)
	got, err := DecodeMetadata(described)
	require.NoError(t, err)
	require.Equal(t, meta, got)
	for _, sample := range want {
		described, ok, err := r.Next()
		require.NoError(t, err)
		require.True(t, ok)
		require.Nil(t, described)
		requireSample(t, sample, r.Sample)
	}
	_, ok, err = r.Next()
	require.NoError(t, err)
	require.False(t, ok)
}

func requireSample(t *testing.T, want, got Sample) {
	t.Helper()
	require.Equal(t, math.Float64bits(want.Value), math.Float64bits(got.Value))
	require.Equal(t, string(want.Labels), string(got.Labels))
	got.Value, want.Value = 0, 0
	got.Labels, want.Labels = nil, nil
	require.Equal(t, want, got)
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

// Lone exemplars are in records of version 3 only, and samples alone in those of version 2, which earlier builds read.
func TestLoneExemplarsRaiseTheVersion(t *testing.T) {
	sample := Sample{Kind: Float, Timestamp: 5, Value: 1, Labels: labels("__name__", "a")}
	lone := Sample{Kind: LoneExemplars, Timestamp: 6, Labels: labels("__name__", "a", "job", "x"), Exemplars: []byte("exemplars")}
	var b, copied Builder
	b.Reset()
	b.Add(&sample)
	require.EqualValues(t, version, b.Bytes()[0])
	b.Add(&lone)
	b.Add(&sample)
	require.EqualValues(t, exemplarsVersion, b.Bytes()[0])
	require.EqualValues(t, 3, b.Count())

	copied.Reset()
	var got []Sample
	read(b.Bytes(), func(r *Reader) {
		copied.AddFrom(r)
		one := r.Sample
		one.Labels = bytes.Clone(one.Labels)
		got = append(got, one)
	})
	require.Equal(t, []Sample{sample, lone, sample}, got)
	require.Equal(t, b.Bytes(), copied.Bytes())
	b.Reset()
	b.Add(&sample)
	require.EqualValues(t, version, b.Bytes()[0])

	for _, old := range []byte{wholeVersion, version} {
		data := append([]byte{old}, copied.Bytes()[1:]...)
		var r Reader
		require.NoError(t, r.Reset(data))
		var err error
		for ok := true; ok && err == nil; {
			_, ok, err = r.Next()
		}
		require.ErrorIs(t, err, ErrCorrupt, "version %d has no lone exemplars", old)
	}
	var r Reader
	require.ErrorIs(t, r.Reset([]byte{exemplarsVersion + 1}), ErrVersion)
	require.ErrorIs(t, r.Reset([]byte{0}), ErrVersion)
	none := appendPoint([]byte{exemplarsVersion}, &Sample{Kind: LoneExemplars}, 0, 3)
	require.NoError(t, r.Reset(append(none, 0, 0, 0)))
	_, _, err := r.Next()
	require.ErrorIs(t, err, ErrCorrupt, "no exemplars")
}

// FuzzReader reads any bytes as a record. What can be read of them is read again from records that are made of it.
func FuzzReader(f *testing.F) {
	var b Builder
	b.Reset()
	b.AddMetadata(&Metadata{Family: "up"})
	b.Add(&Sample{Kind: Float, Labels: labels("__name__", "up"), Start: 3, Exemplars: []byte("e")})
	b.Add(&Sample{Kind: Float, Labels: labels("__name__", "up", "job", "node"), Timestamp: 7})
	f.Add(b.Bytes())
	b.Reset()
	b.Add(&Sample{Kind: Float, Labels: labels("__name__", "up"), Value: 1})
	b.Add(&Sample{Kind: LoneExemplars, Labels: labels("__name__", "up", "job", "node"), Timestamp: 7, Exemplars: []byte("e")})
	b.Add(&Sample{Kind: Histogram, Labels: labels("__name__", "up", "job", "node"), Histogram: []byte("h")})
	f.Add(b.Bytes())
	f.Add([]byte{version, byte(Float), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Add(appendWhole([]byte{wholeVersion}, &Sample{Kind: Histogram, Histogram: []byte("h"), Labels: []byte("l")}))
	f.Fuzz(func(t *testing.T, data []byte) {
		var b Builder
		old, oldHasAll := []byte{wholeVersion}, true
		b.Reset()
		first := read(data, func(r *Reader) {
			s := &r.Sample
			b.Add(s)
			old = appendWhole(old, s)
			if s.Kind == LoneExemplars {
				oldHasAll = false
				require.NotEmpty(t, s.Exemplars)
				require.Equal(t, []byte{exemplarsVersion, exemplarsVersion}, []byte{data[0], b.Bytes()[0]})
			}
			for walk, ok := LabelsOf(s.Labels), true; ok; {
				_, _, ok = walk.Next()
			}
		})
		require.Equal(t, first, read(b.Bytes(), func(*Reader) {}))
		if oldHasAll {
			require.Equal(t, first, read(old, func(*Reader) {}))
		}
		for _, every := range []int{1, 2, 3} {
			requireSome(t, data, every)
			requireSome(t, old, every)
		}
	})
}

// read returns the samples of a record, as far as they can be read, in a form that can be compared.
func read(data []byte, visit func(*Reader)) (samples string) {
	var r Reader
	if r.Reset(data) != nil {
		return ""
	}
	for {
		described, ok, err := r.Next()
		switch {
		case err != nil || !ok:
			return samples
		case described != nil:
			_, _ = DecodeMetadata(described)
		default:
			visit(&r)
			samples += string(appendWhole(nil, &r.Sample))
		}
	}
}

// requireSome takes one of so many samples of a record, and two of them one after the other, over into another.
func requireSome(t *testing.T, data []byte, every int) {
	t.Helper()
	var b Builder
	b.Reset()
	want, n := "", 0
	read(data, func(r *Reader) {
		switch n++; {
		case n%(every+1) == every: // from the record and not
			b.Add(&r.Sample)
		case n%every == 0:
			b.AddFrom(r)
		default:
			return
		}
		want += string(appendWhole(nil, &r.Sample))
	})
	require.Equal(t, want, read(b.Bytes(), func(*Reader) {}))
}

func TestSamplesOfSeveralRecordsMakeOne(t *testing.T) {
	series := func(i int) *Sample {
		return &Sample{Kind: Float, Timestamp: int64(1_700_000_000_000 + i%3), Value: float64(i), Labels: labels("__name__", "up", "i", strings.Repeat("i", 1+i%5), "job", "node")}
	}
	records := make([]Builder, 4)
	for k := range records {
		records[k].Reset()
		for i := range 10 {
			if i == 5 {
				records[k].AddMetadata(&Metadata{Family: "up"})
			}
			records[k].Add(series(10*k + i))
		}
	}
	for _, skipped := range [][]int{nil, {0}, {9, 10}, {4, 5, 20, 22, 39}} {
		var r Reader
		var b Builder
		b.Reset()
		n, want := 0, ""
		for k := range records {
			require.NoError(t, r.Reset(records[k].Bytes()))
			for {
				metadata, ok, err := r.Next()
				require.NoError(t, err)
				if !ok {
					break
				}
				if metadata != nil {
					continue
				}
				if !slices.Contains(skipped, n) {
					b.AddFrom(&r)
					want += string(appendWhole(nil, series(n)))
				}
				n++
			}
		}
		require.EqualValues(t, 40-len(skipped), b.Count())
		require.Equal(t, want, read(b.Bytes(), func(*Reader) {}))
		require.Less(t, len(b.Bytes()), 2*len(records)*len(records[0].Bytes()), "most are copied as they stand")
	}
}

func TestARecordThatCannotBeReadIsAnError(t *testing.T) {
	var b Builder
	b.Reset()
	b.Add(&Sample{Kind: Float, Labels: labels("__name__", "up")})
	b.Add(&Sample{Kind: Float, Labels: labels("__name__", "up", "job", "node")})
	whole := b.Bytes()
	var r Reader
	require.ErrorIs(t, r.Reset(nil), ErrCorrupt)
	require.ErrorIs(t, r.Reset([]byte{exemplarsVersion + 1}), ErrVersion)
	for cut := 2; cut < len(whole); cut++ {
		require.NoError(t, r.Reset(whole[:cut]))
		var err error
		for ok := true; ok; {
			_, ok, err = r.Next()
		}
		if cut != 2+int(whole[2])+1 { // there the first item ends
			require.ErrorIs(t, err, ErrCorrupt, "cut at %d", cut)
		}
		_, ok, err := r.Next()
		require.NoError(t, err)
		require.False(t, ok, "it is at the end")
	}

	shares := slices.Clone(whole)
	at := bytes.LastIndex(shares, labels("job", "node")) // length, last and first stand before it
	require.Positive(t, at)
	shares[at-3] = 0x7f
	require.NoError(t, r.Reset(shares))
	_, _, err := r.Next()
	require.NoError(t, err)
	_, _, err = r.Next()
	require.ErrorIs(t, err, ErrCorrupt, "it shares more than there is")
}

func TestANameEncodedOnceMakesTheSameLabels(t *testing.T) {
	for _, size := range []int{0, 1, 118, 119, 120, 121, 125, 126, 127, 128, 300, 20_000} {
		value := string(make([]byte, size))
		require.Equal(t, AppendLabel(nil, "name", value), AppendNamed(nil, AppendName(nil, "name"), value), size)
		require.Equal(t, AppendLabel(nil, value, "v"), AppendNamed(nil, AppendName(nil, value), "v"), size)
	}
}
