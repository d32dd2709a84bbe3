package encode

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// Whatever comes as OTLP, the encoder makes records that Prometheus can read, or refuses; it never panics.
func FuzzEncode(f *testing.F) {
	for _, md := range fuzzSeeds(f) {
		raw, err := (&pmetric.ProtoMarshaler{}).MarshalMetrics(md)
		require.NoError(f, err)
		f.Add(raw)
	}
	e, err := New(Settings{
		SendExemplars: true, SendNativeHistograms: true, CustomBuckets: always, TargetInfoInterval: 1, MaxPayloadBytes: 200,
		PromoteResourceAttributes: []string{"zone"}, ExternalLabels: map[string]string{"cluster": "c"},
	})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, raw []byte) {
		md, err := (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics(raw)
		if err != nil {
			return
		}
		b := e.Encode(md)
		defer b.Release()
		for _, payload := range b.Payloads {
			readAll(t, payload.Data, payload.Count)
		}
	})
}

// readAll is decode for native histograms that a stranger may have sent as verbatim: they can be read, but need not make sense.
func readAll(t *testing.T, data []byte, count uint32) {
	var items record.Reader
	require.NoError(t, items.Reset(data))
	for n := uint32(0); ; {
		described, ok, err := items.Next()
		require.NoError(t, err)
		if !ok {
			require.Equal(t, count, n)
			return
		}
		if described != nil {
			_, err := record.DecodeMetadata(described)
			require.NoError(t, err)
			continue
		}
		n++
		raw := items.Sample
		if raw.Kind == record.Histogram {
			var v1 prompb.Histogram
			var v2 writev2.Histogram
			require.NoError(t, v1.Unmarshal(raw.Histogram))
			require.NoError(t, v2.Unmarshal(raw.Histogram))
			require.Equal(t, []int64{raw.Timestamp, raw.Timestamp}, []int64{v1.Timestamp, v2.Timestamp})
			raw.Kind, raw.Histogram = record.Float, nil
		}
		decodeSample(t, raw)
	}
}

func fuzzSeeds(f *testing.F) (seeds []pmetric.Metrics) {
	inputs, err := filepath.Glob("testdata/otlp/*-0[0-4].json")
	require.NoError(f, err)
	for _, input := range inputs {
		text, err := os.ReadFile(input)
		require.NoError(f, err)
		md, err := (&pmetric.JSONUnmarshaler{}).UnmarshalMetrics(text)
		require.NoError(f, err)
		seeds = append(seeds, md)
	}
	var w verbatim.Writer
	write(f, &w, labels.FromStrings("__name__", "m", "a", "b"), 1, 2, 3)
	require.NoError(f, w.LoneExemplars(labels.FromStrings("__name__", "m"), []exemplar.Exemplar{{Labels: labels.FromStrings("a", "b"), Ts: 1}}))
	seeds = append(seeds, w.Take())
	md, sm := scrape("version", "1")
	number1(scraped(sm, "up", "gauge").SetEmptyGauge().DataPoints(), t1, 1)
	p := histogram1(histogram(scraped(sm, "h", "histogram")), t1, []float64{1, 2}, []uint64{1, vanished, vanished}, 1)
	exemplar1(p.Exemplars(), t1, 1, "a", "b")
	return append(seeds, md)
}
