package encode

import (
	"math"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/exemplar"
	prom "github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// sampleWriter is a verbatim.Writer or a verbatim.Packer.
type sampleWriter interface {
	Float(ls labels.Labels, m verbatim.Metadata, start, at int64, v float64) error
	Histogram(ls labels.Labels, m verbatim.Metadata, start, at int64, h *prom.Histogram, fh *prom.FloatHistogram) error
	Exemplar(x exemplar.Exemplar)
	LoneExemplars(ls labels.Labels, all []exemplar.Exemplar) error
	Take() pmetric.Metrics
}

func writeAll(t *testing.T, w sampleWriter) pmetric.Metrics {
	t.Helper()
	about := verbatim.Metadata{Type: model.MetricTypeCounter, Help: "Requests\xff."}
	for _, ls := range []labels.Labels{
		labels.FromStrings("__name__", "requests", "job", "a", "le", "0.5"),
		labels.FromStrings("__name__", "requests", "cluster", "own", "zone", "z"),
		labels.FromStrings("A", "before the name", "__name__", "requests"),
		labels.FromStrings("__name__", "requests", "long", string(make([]byte, 300)), "zone", ""),
	} {
		require.NoError(t, w.Float(ls.WithoutEmpty(), about, 0, 1000, 1.5))
	}
	require.NoError(t, w.Float(labels.FromStrings("__name__", "requests"), about, 500, -1, math.Float64frombits(0x7ff0000000000002)))
	w.Exemplar(exemplar.Exemplar{Labels: labels.FromStrings("trace_id", "abc"), Value: 2, Ts: 999, HasTs: true})
	w.Exemplar(exemplar.Exemplar{Value: 3, Ts: 1000, HasTs: true})
	latency, native := labels.FromStrings("__name__", "latency"), verbatim.Metadata{Type: model.MetricTypeHistogram, Unit: "s"}
	require.NoError(t, w.Histogram(latency, native, 0, 1000, &prom.Histogram{
		Schema: 2, Count: 6, Sum: 7, ZeroThreshold: 1e-9, ZeroCount: 1, PositiveSpans: []prom.Span{{Offset: -3, Length: 2}}, PositiveBuckets: []int64{2, 1},
	}, nil))
	require.NoError(t, w.Histogram(labels.FromStrings("__name__", "sizes"), native, 0, 2000, nil, &prom.FloatHistogram{Schema: -53, Count: 1, Sum: 7, CustomValues: []float64{1}}))
	lone := []exemplar.Exemplar{{Labels: labels.FromStrings("trace_id", "def"), Value: 4, Ts: 2001, HasTs: true}, {Value: 5, Ts: 1, HasTs: true}}
	require.NoError(t, w.LoneExemplars(labels.FromStrings("__name__", "requests", "job", "a", "le", "0.5"), lone))
	require.NoError(t, w.LoneExemplars(labels.FromStrings("__name__", "requests", "cluster", "own"), lone[1:]))
	require.NoError(t, w.Float(labels.FromStrings("__name__", "requests"), about, 500, 3000, 1))
	return w.Take()
}

// What is packed is encoded as what is written out, in all settings.
func TestPackedIsTheSameAsWritten(t *testing.T) {
	drop, err := relabel.NewRegexp("own")
	require.NoError(t, err)
	for name, set := range map[string]Settings{
		"plain":           {},
		"external labels": {ExternalLabels: map[string]string{"cluster": "prod", "zzz": "last", "A": "first", "empty": ""}},
		"exemplars":       {SendExemplars: true},
		"all":             {SendExemplars: true, ExternalLabels: map[string]string{"cluster": "prod"}},
		"native":          {SendNativeHistograms: true},
		"custom buckets":  {SendNativeHistograms: true, CustomBuckets: always},
		"relabelled": {SendExemplars: true, ExternalLabels: map[string]string{"cluster": "prod"}, WriteRelabelConfigs: []*relabel.Config{
			{SourceLabels: model.LabelNames{"cluster"}, Regex: drop, Action: relabel.Drop, Separator: ";"},
		}},
		"cut": {MaxPayloadBytes: 200, SendNativeHistograms: true},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := New(set)
			require.NoError(t, err)
			written, packed := e.Encode(writeAll(t, &verbatim.Writer{})), e.Encode(writeAll(t, &verbatim.Packer{}))
			require.Equal(t, written.Samples, packed.Samples)
			require.Equal(t, written.Filtered, packed.Filtered)
			require.Equal(t, alone(t, written), alone(t, packed))
			require.Equal(t, string(written.Metadata), string(packed.Metadata))
			require.Equal(t, counts(written.Refused), counts(packed.Refused))
		})
	}
}

// alone are the items of a batch, each sample told by itself.
func alone(t *testing.T, b *Batch) (items []string) {
	t.Helper()
	var one record.Builder
	for _, payload := range b.Payloads {
		var r record.Reader
		require.NoError(t, r.Reset(payload.Data))
		for {
			metadata, ok, err := r.Next()
			require.NoError(t, err)
			if !ok {
				break
			}
			one.Reset()
			if metadata != nil {
				described, err := record.DecodeMetadata(metadata)
				require.NoError(t, err)
				if described == (record.Metadata{Family: described.Family}) {
					described.Family = "" // a packer does not name a family of which it knows nothing
				}
				one.AddMetadata(&described)
			} else {
				one.Add(&r.Sample)
			}
			items = append(items, string(one.Bytes()))
		}
	}
	return items
}

func counts(all []Refusal) map[string]int {
	n := map[string]int{}
	for _, r := range all {
		n[r.Reason] += r.Count
	}
	return n
}

func TestADamagedPackIsRefused(t *testing.T) {
	e, err := New(Settings{})
	require.NoError(t, err)
	for _, written := range []string{"", "\x07", "\x01\x01\xff", "\x01\x01\x08\x00\x00\x00\x00\x00\x00\x00\x00"} {
		md := pmetric.NewMetrics()
		m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
		m.Metadata().PutStr(verbatim.PackedKey, written)
		b := e.Encode(md)
		require.Zero(t, b.Samples)
		require.Equal(t, map[string]int{reasonInvalid: 1}, counts(b.Refused), "%q", written)
	}
}

// Only what was packed in this process is believed: a record of nothing but ASCII survives OTLP.
func TestNobodyElsePacks(t *testing.T) {
	require.NotEqual(t, "prometheus.packed", verbatim.PackedKey)
	md := pmetric.NewMetrics()
	m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName("prometheus.packed")
	m.Metadata().PutStr("prometheus.packed", "\x01\x01\x17"+"hashhash"+"\x02"+"valvalva"+"\x05"+"nonse")
	raw, err := (&pmetric.ProtoMarshaler{}).MarshalMetrics(md)
	require.NoError(t, err)
	received, err := (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics(raw)
	require.NoError(t, err)
	_, batch := encode(t, Settings{}, received)
	require.Zero(t, batch.Samples)
	require.Empty(t, batch.Payloads)
}

// The key is in nothing that leaves the process or that people read.
func TestTheKeyOfPackedSeriesIsNotTheirName(t *testing.T) {
	packed := writeAll(t, &verbatim.Packer{}).ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0)
	require.Equal(t, "prometheus.packed", packed.Name())
}

// Remote write 1.0 has no custom buckets.
func TestCustomBucketsAreRefusedByName(t *testing.T) {
	for _, w := range []sampleWriter{&verbatim.Writer{}, &verbatim.Packer{}} {
		_, batch := encode(t, Settings{SendNativeHistograms: true}, writeAll(t, w))
		require.Equal(t, []Refusal{{Reason: reasonCustomV1, Count: 1, Example: "sizes: " + wayCustomV1}}, batch.Refused)
		v2 := true // until the endpoint turns out to know only 1.0
		e, err := New(Settings{SendNativeHistograms: true, CustomBuckets: func() bool { return v2 }})
		require.NoError(t, err)
		for _, v2 = range []bool{true, false} {
			batch := e.Encode(writeAll(t, w))
			require.Equal(t, v2, len(batch.Refused) == 0)
			batch.Release()
		}
	}
}
