package write

import (
	"fmt"
	"testing"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

const benchSamples = 1_000

// benchSeries are like those of a scrape: 100 families of ten series each, nine labels.
func benchSeries(i int) []string {
	return []string{
		"__name__", fmt.Sprintf("http_server_requests_%d_total", i/10), "cluster", "prod-cn-hangzhou", "code", fmt.Sprint(200 + i%10),
		"handler", fmt.Sprintf("/api/v1/resource/%d", i%7), "instance", "10.21.33.104:9100", "job", "kubernetes-pods",
		"method", "GET", "namespace", "payments", "pod", "checkout-6d5f9c8b7-x2x4z",
	}
}

func benchRecord() []byte {
	var all []any
	for i := range benchSamples {
		if i%10 == 0 {
			all = append(all, &record.Metadata{Type: record.Counter, Family: fmt.Sprintf("http_server_requests_%d", i/10), Help: "Requests."})
		}
		all = append(all, &record.Sample{
			Kind: record.Float, Labels: labels(benchSeries(i)...), Timestamp: 1_700_000_000_000, Value: float64(i) * 1.37,
		})
	}
	return recordOf(all...)
}

// TestEncodingDoesNotAllocate holds the promise of 0 allocations per sample, with metadata in between.
func TestEncodingDoesNotAllocate(t *testing.T) {
	if raceEnabled {
		return // sync.Pool drops at random then
	}
	data := benchRecord()
	for _, protocol := range []Protocol{V1, V2} {
		encoder := NewEncoder(protocol)
		perRequest := testing.AllocsPerRun(100, func() {
			_, err := encodeAll(encoder, data)
			require.NoError(t, err)
		})
		require.LessOrEqual(t, perRequest, 1.0, "per request of %d samples", benchSamples)
	}
}

func BenchmarkEncode(b *testing.B) {
	data := benchRecord()
	for name, protocol := range map[string]Protocol{"1.0": V1, "2.0": V2} {
		b.Run(name, func(b *testing.B) {
			encoder := NewEncoder(protocol)
			var request Request
			b.ReportAllocs()
			for b.Loop() {
				request, _ = encodeAll(encoder, data)
			}
			report(b, request.Raw, len(request.Body))
		})
	}
}

func BenchmarkMaxSize(b *testing.B) {
	data := benchRecord()
	var items record.Reader
	for b.Loop() {
		_ = items.Reset(data)
		for {
			metadata, more, err := items.Next()
			if err != nil || !more {
				break
			}
			if metadata == nil {
				_ = MaxSize(&items.Sample)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchSamples, "ns/sample")
}

// BenchmarkPrompb encodes the same as Prometheus does; the structs are filled anew for each request.
func BenchmarkPrompb(b *testing.B) {
	all := make([][]prompb.Label, benchSamples)
	for i := range all {
		for pairs := benchSeries(i); len(pairs) > 0; pairs = pairs[2:] {
			all[i] = append(all[i], prompb.Label{Name: pairs[0], Value: pairs[1]})
		}
	}
	b.Run("1.0", func(b *testing.B) { benchPrompbV1(b, all) })
	b.Run("2.0", func(b *testing.B) { benchPrompbV2(b, all) })
}

func benchPrompbV1(b *testing.B, all [][]prompb.Label) {
	request := prompb.WriteRequest{Timeseries: make([]prompb.TimeSeries, len(all))}
	var raw, body []byte
	b.ReportAllocs()
	for b.Loop() {
		for i, labels := range all {
			series := &request.Timeseries[i]
			series.Labels = append(series.Labels[:0], labels...)
			series.Samples = append(series.Samples[:0], prompb.Sample{Value: float64(i) * 1.37, Timestamp: 1_700_000_000_000})
		}
		size := request.Size()
		if cap(raw) < size {
			raw = make([]byte, size)
		}
		n, err := request.MarshalToSizedBuffer(raw[:size])
		require.NoError(b, err)
		raw = raw[:n]
		body = snappy.Encode(body[:cap(body)], raw)
	}
	report(b, len(raw), len(body))
}

func benchPrompbV2(b *testing.B, all [][]prompb.Label) {
	request, symbols := writev2.Request{Timeseries: make([]writev2.TimeSeries, len(all))}, writev2.NewSymbolTable()
	var raw, body []byte
	b.ReportAllocs()
	for b.Loop() {
		symbols.Reset()
		for i, labels := range all {
			series := &request.Timeseries[i]
			series.LabelsRefs = series.LabelsRefs[:0]
			for _, label := range labels {
				series.LabelsRefs = append(series.LabelsRefs, symbols.Symbolize(label.Name), symbols.Symbolize(label.Value))
			}
			series.Metadata = writev2.Metadata{Type: writev2.Metadata_METRIC_TYPE_COUNTER, HelpRef: symbols.Symbolize("Requests.")}
			series.Samples = append(series.Samples[:0], writev2.Sample{Value: float64(i) * 1.37, Timestamp: 1_700_000_000_000})
		}
		request.Symbols = symbols.Symbols()
		var err error
		raw, err = request.OptimizedMarshal(raw[:0])
		require.NoError(b, err)
		body = snappy.Encode(body[:cap(body)], raw)
	}
	report(b, len(raw), len(body))
}

func report(b *testing.B, raw, body int) {
	b.Helper()
	perRequest := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
	b.ReportMetric(perRequest/benchSamples, "ns/sample")
	b.ReportMetric(float64(raw)/perRequest*1000, "MB/s")
	b.ReportMetric(float64(body)/benchSamples, "wire-B/sample")
}
