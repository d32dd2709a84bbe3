package delivery

import (
	"math"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
	"github.com/msp-collector/msp-collector/components/internal/wal"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/encode"
)

const goldenTime = 1_700_000_000_000

// goldenPayloads encodes the input that a golden log holds, on the path that received series take. It must not change: a new
// format gets a golden log of its own.
func goldenPayloads(t *testing.T, name string) (all []wal.Payload) {
	t.Helper()
	encoder, err := encode.New(encode.Settings{
		SendExemplars: true, SendNativeHistograms: true, CustomBuckets: func() bool { return true }, MaxPayloadBytes: 512,
	})
	require.NoError(t, err)
	inputs := []func(*testing.T, *verbatim.Packer){goldenFamily, goldenCounters, goldenValues, goldenHistograms}
	if name == "v3" {
		inputs = append(inputs, goldenLoneExemplars)
	}
	for _, add := range inputs {
		var p verbatim.Packer
		add(t, &p)
		batch := encoder.Encode(p.Take())
		require.Empty(t, batch.Refused)
		for _, payload := range batch.Payloads {
			all = append(all, wal.Payload{Data: append([]byte(nil), payload.Data...), Count: payload.Count})
		}
		batch.Release()
	}
	return all
}

// goldenFamily fills several records with series that differ in one label.
func goldenFamily(t *testing.T, p *verbatim.Packer) {
	about := verbatim.Metadata{Type: model.MetricTypeGauge, Help: "Seconds spent, by mode.", Unit: "seconds"}
	for cpu := range 4 {
		for _, mode := range []string{"idle", "iowait", "system", "user"} {
			series := labels.FromStrings("__name__", "cpu", "cpu", string(rune('0'+cpu)), "instance", "10.0.0.1:9100", "mode", mode)
			require.NoError(t, p.Float(series, about, 0, goldenTime, float64(cpu)))
		}
	}
}

// goldenCounters have start times and exemplars, and two samples each.
func goldenCounters(t *testing.T, p *verbatim.Packer) {
	about := verbatim.Metadata{Type: model.MetricTypeCounter, Family: "requests", Help: "Requests, by \"path\".", Unit: "requests"}
	for i, path := range []string{"/", "/login", "/längere/ünicode"} {
		series := labels.FromStrings("__name__", "requests_total", "instance", "10.0.0.1:9100", "job", "web", "path", path)
		for round := range int64(2) {
			at := goldenTime + 15_000*round
			require.NoError(t, p.Float(series, about, goldenTime-60_000, at, float64(100*i)+float64(round)))
			p.Exemplar(exemplar.Exemplar{Labels: labels.FromStrings("span_id", "b7ad6b71", "trace_id", "0af7651916cd43dd"), Value: 0.25, Ts: at - 1, HasTs: true})
			if i == 1 {
				p.Exemplar(exemplar.Exemplar{Labels: labels.EmptyLabels(), Value: math.Copysign(0, -1), Ts: at, HasTs: true})
			}
		}
	}
}

// goldenValues are those that encoders get wrong.
func goldenValues(t *testing.T, p *verbatim.Packer) {
	values := []float64{
		0, math.Copysign(0, -1), 1.5, math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64,
		math.Float64frombits(value.NormalNaN), math.Float64frombits(value.StaleNaN),
	}
	gauge := verbatim.Metadata{Type: model.MetricTypeGauge, Help: "Any value."}
	for i, v := range values {
		series := labels.FromStrings("__name__", "value", "which", string(rune('a'+i)))
		require.NoError(t, p.Float(series, gauge, 0, goldenTime+int64(i), v))
	}
	require.NoError(t, p.Float(labels.FromStrings("__name__", "early"), verbatim.Metadata{}, 0, -1, 1))
	require.NoError(t, p.Float(labels.FromStrings("__name__", "epoch"), verbatim.Metadata{}, 0, 0, 1))
}

// goldenHistograms are native ones: of integers, of floats, and with custom buckets.
func goldenHistograms(t *testing.T, p *verbatim.Packer) {
	about := verbatim.Metadata{Type: model.MetricTypeHistogram, Help: "How long it took.", Unit: "seconds"}
	series := labels.FromStrings("__name__", "took_seconds", "job", "web")
	whole := &histogram.Histogram{
		Schema: 3, Count: 12, Sum: 18.4, ZeroThreshold: 0.001, ZeroCount: 2,
		PositiveSpans: []histogram.Span{{Offset: -2, Length: 2}, {Offset: 3, Length: 1}}, PositiveBuckets: []int64{1, 2, -1},
		NegativeSpans: []histogram.Span{{Offset: 1, Length: 1}}, NegativeBuckets: []int64{4},
	}
	require.NoError(t, p.Histogram(series, about, goldenTime-60_000, goldenTime, whole, nil))
	p.Exemplar(exemplar.Exemplar{Labels: labels.FromStrings("trace_id", "0af7651916cd43dd"), Value: 1.5, Ts: goldenTime - 5, HasTs: true})
	float := &histogram.FloatHistogram{
		CounterResetHint: histogram.GaugeType, Schema: -1, Count: 3.5, Sum: -2.5, ZeroThreshold: 0.5, ZeroCount: 0.5,
		PositiveSpans: []histogram.Span{{Offset: 0, Length: 2}}, PositiveBuckets: []float64{1, 2},
	}
	require.NoError(t, p.Histogram(series, about, 0, goldenTime+15_000, nil, float))
	custom := &histogram.Histogram{
		Schema: histogram.CustomBucketsSchema, Count: 3, Sum: 4, CustomValues: []float64{0.5, 1},
		PositiveSpans: []histogram.Span{{Offset: 0, Length: 3}}, PositiveBuckets: []int64{1, 0, 0},
	}
	require.NoError(t, p.Histogram(labels.FromStrings("__name__", "custom"), about, 0, goldenTime, custom, nil))
}

// goldenLoneExemplars stand between samples of their series.
func goldenLoneExemplars(t *testing.T, p *verbatim.Packer) {
	series := labels.FromStrings("__name__", "requests_total", "instance", "10.0.0.1:9100", "job", "web", "path", "/")
	traced := exemplar.Exemplar{Labels: labels.FromStrings("trace_id", "4bf92f3577b34da6"), Value: 0.5, Ts: goldenTime + 29_000, HasTs: true}
	require.NoError(t, p.Float(series, verbatim.Metadata{}, 0, goldenTime+30_000, 2))
	require.NoError(t, p.LoneExemplars(series, []exemplar.Exemplar{traced}))
	other := labels.FromStrings("__name__", "requests_total", "instance", "10.0.0.1:9100", "job", "web", "path", "/login")
	require.NoError(t, p.LoneExemplars(other, []exemplar.Exemplar{traced, {Value: 1, Ts: goldenTime, HasTs: true}}))
	require.NoError(t, p.Float(series, verbatim.Metadata{}, 0, goldenTime+45_000, 3))
}
