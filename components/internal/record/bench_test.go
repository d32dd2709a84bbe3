package record

import (
	"fmt"
	"testing"
)

const benchSamples = 1_000

// benchRecord is like that of a scrape: 100 families of ten series each.
func benchRecord() []byte {
	var b Builder
	b.Reset()
	for i := range benchSamples {
		if i%10 == 0 {
			b.AddMetadata(&Metadata{Type: Counter, Family: fmt.Sprintf("http_server_requests_%d", i/10), Help: "Requests."})
		}
		b.Add(&Sample{Kind: Float, Timestamp: 1_700_000_000_000, Value: float64(i) * 1.37, Labels: labels(
			"__name__", fmt.Sprintf("http_server_requests_%d_total", i/10), "cluster", "prod-cn-hangzhou", "code", fmt.Sprint(200+i%10),
			"instance", "10.21.33.104:9100", "job", "kubernetes-pods", "method", "GET",
		)})
	}
	return b.Bytes()
}

// each reads all samples of a record.
func each(r *Reader, data []byte, visit func()) {
	_ = r.Reset(data)
	for {
		metadata, ok, err := r.Next()
		if err != nil || !ok {
			return
		}
		if metadata == nil {
			visit()
		}
	}
}

func report(b *testing.B) {
	b.Helper()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchSamples, "ns/sample")
}

func BenchmarkReader(b *testing.B) {
	data := benchRecord()
	var r Reader
	for b.Loop() {
		each(&r, data, func() {})
	}
	report(b)
}

// BenchmarkAddFrom is with reading.
func BenchmarkAddFrom(b *testing.B) {
	data := benchRecord()
	var r Reader
	var to Builder
	for b.Loop() {
		to.Reset()
		each(&r, data, func() { to.AddFrom(&r) })
	}
	report(b)
}

// BenchmarkAdd is with reading.
func BenchmarkAdd(b *testing.B) {
	data := benchRecord()
	var r Reader
	var to Builder
	for b.Loop() {
		to.Reset()
		each(&r, data, func() { to.Add(&r.Sample) })
	}
	report(b)
}
