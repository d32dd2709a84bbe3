package remotewritereceiver

import (
	"math"
	"testing"

	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// long packs as a packer does, and is none: with it, no series is taken for a plain one.
type long struct{ *packer }

// outcome is all that a request leads to.
type outcome struct {
	packed  []string
	kept    written
	refused refusals
	err     string
}

func outcomeOf(t *testing.T, w writer, body []byte) (o outcome) {
	t.Helper()
	r := request{writer: w}
	err := r.decode(v1, body, func(md pmetric.Metrics, _ written) error {
		if bytes, ok := verbatim.Packed(md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0)); ok {
			o.packed = append(o.packed, string(bytes))
		}
		return nil
	})
	if err != nil {
		o.err = err.Error()
	}
	o.kept, o.refused = r.kept, r.refused
	return o
}

// plainMessages are series that are plain, and ones that are nearly so.
func plainMessages() map[string]prompb.TimeSeries {
	many := one(1, series...)
	many.Samples = append(many.Samples, prompb.Sample{Timestamp: t0 + 1}, prompb.Sample{Timestamp: t0 + 2, Value: staleNaN})
	exemplified := one(1, series...)
	exemplified.Exemplars = []prompb.Exemplar{{Labels: pairs("trace_id", "1"), Timestamp: t0}}
	whole, _ := histograms()
	native := one(1, series...)
	native.Histograms = []prompb.Histogram{prompb.FromIntHistogram(t0, whole[0])}
	at := func(milliseconds int64) prompb.TimeSeries {
		s := one(1, series...)
		s.Samples[0].Timestamp = milliseconds
		return s
	}
	return map[string]prompb.TimeSeries{
		"plain": one(1, series...), "many": many, "zero": one(0, series...), "minus zero": one(math.Copysign(0, -1), series...), "NaN": one(math.NaN(), series...),
		"exemplar": exemplified, "histogram": native, "nothing": {Labels: pairs(series...)}, "no time": at(0), "before 1970": at(-1),
		"too late": at(math.MaxInt64), "just in time": at(maxTime), "one after": at(maxTime + 1),
		"unsorted": one(1, "b", "1", "__name__", "a"), "twice": one(1, "__name__", "a", "b", "1", "b", "1"), "empty value": one(1, "__name__", "a", "b", ""),
		"empty name": one(1, "", "a", "__name__", "a"), "no name": one(1, "a", "b"), "upper case first": one(1, "A", "b", "__name__", "a"),
		"not UTF-8": one(1, "__name__", "a", "b", "\xff"), "cut UTF-8": one(1, "__name__", "a", "b", "\xc3", "c", "\xa4"), "UTF-8": one(1, "__name__", "ä", "b", "世"),
		"long": one(1, "__name__", "a", "b", string(make([]byte, 124))), "nearly long": one(1, "__name__", "a", "b", string(make([]byte, 122))),
	}
}

// A plain series comes to the same as on the long way.
func TestPlainSeriesAreTheSame(t *testing.T) {
	plains := 0
	for name, s := range plainMessages() {
		t.Run(name, func(t *testing.T) {
			body, err := (&prompb.WriteRequest{Timeseries: []prompb.TimeSeries{s, one(2, "__name__", "behind")}}).Marshal()
			require.NoError(t, err)
			require.Equal(t, outcomeOf(t, long{&packer{}}, body), outcomeOf(t, &packer{}, body))
			message, err := s.Marshal()
			require.NoError(t, err)
			if _, ok := plainSeries(message); ok {
				plains++
			}
		})
	}
	require.Equal(t, 9, plains, "plain, many, zero, minus zero, NaN, just in time, upper case first, UTF-8, nearly long")
}

func FuzzPlain(f *testing.F) {
	for _, s := range plainMessages() {
		body, err := (&prompb.WriteRequest{Timeseries: []prompb.TimeSeries{s, one(2, "__name__", "behind")}}).Marshal()
		require.NoError(f, err)
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		require.Equal(t, outcomeOf(t, long{&packer{}}, body), outcomeOf(t, &packer{}, body))
	})
}
