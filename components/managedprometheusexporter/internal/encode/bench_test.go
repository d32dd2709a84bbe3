package encode

import (
	"fmt"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// The batches are of some 2000 series, mixed as a node_exporter and a service mix them: many families with one series,
// some with many, 5 to 8 labels.
var batches = map[string]func() pmetric.Metrics{
	"scraped":    func() pmetric.Metrics { md, sm := scrape(); nodeLike(sm, true); return md },
	"verbatim":   func() pmetric.Metrics { return verbatimNode(&verbatim.Writer{}) },
	"packed":     func() pmetric.Metrics { return verbatimNode(&verbatim.Packer{}) },
	"otlp":       func() pmetric.Metrics { md, sm := otlpResource("1"); nodeLike(sm, false); return md },
	"resources":  otlpResources,
	"histograms": histograms,
}

func nodeLike(sm pmetric.ScopeMetrics, isScraped bool) {
	add := func(name string, series int, attributes func(i int) []string) {
		m := metric(sm, name)
		m.SetDescription("What is measured here, in a sentence of the usual length.")
		if isScraped {
			m.Metadata().PutStr(verbatim.TypeKey, "counter")
		}
		points := counter(m)
		for i := range series {
			number1(points, t1, float64(i)*1.7, attributes(i)...)
		}
	}
	for i := range 300 {
		add(fmt.Sprintf("node_memory_%03d_bytes", i), 1, func(int) []string { return nil })
	}
	for i := range 20 {
		add(fmt.Sprintf("node_network_%02d_total", i), 15, func(i int) []string { return []string{"device", fmt.Sprintf("eth%d", i)} })
		add(fmt.Sprintf("node_disk_%02d_total", i), 30, func(i int) []string {
			return []string{"device", fmt.Sprintf("nvme%dn1", i), "path", "/dev/disk/by-id", "model", "a longer text"}
		})
	}
	add("node_cpu_seconds_total", 64*8, func(i int) []string {
		return []string{"cpu", fmt.Sprint(i / 8), "mode", []string{"user", "system", "idle", "iowait", "irq", "nice", "softirq", "steal"}[i%8]}
	})
	add("node_systemd_unit_state", 288, func(i int) []string {
		return []string{"name", fmt.Sprintf("systemd-unit-%d.service", i/5), "state", fmt.Sprint("state", i%5), "type", "notify"}
	})
}

func verbatimNode(w sampleWriter) pmetric.Metrics {
	_, sm := scrape()
	nodeLike(sm, true)
	for i := range sm.Metrics().Len() {
		m := sm.Metrics().At(i)
		for j := range m.Sum().DataPoints().Len() {
			p := m.Sum().DataPoints().At(j)
			b := labels.NewBuilder(labels.FromStrings("__name__", m.Name(), "job", "node", "instance", "h:9100"))
			for name, value := range p.Attributes().All() {
				b.Set(name, value.Str())
			}
			_ = w.Float(b.Labels(), verbatim.Metadata{Type: model.MetricTypeCounter, Help: m.Description()}, 0, 1000, p.DoubleValue())
		}
	}
	return w.Take()
}

func otlpResource(instance string) (pmetric.Metrics, pmetric.ScopeMetrics) {
	return resource(serviceName, "shop", serviceNamespace, "prod", serviceInstance, instance, "host.name", "h")
}

// otlpResources are what a batch processor makes of a hundred SDKs.
func otlpResources() pmetric.Metrics {
	md := pmetric.NewMetrics()
	for i := range 100 {
		one, sm := otlpResource(fmt.Sprint(i))
		for j := range 5 {
			points := counter(metric(sm, fmt.Sprintf("http.requests.%d", j)))
			for status := range 4 {
				p := number1(points, t1, 1, "http.method", "GET", "http.route", "/api/v1/orders/{id}")
				p.Attributes().PutInt("http.status_code", int64(200+100*status))
			}
		}
		one.ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
	}
	return md
}

func histograms() pmetric.Metrics {
	md, sm := scrape()
	points := histogram(scraped(sm, "latency_seconds", "histogram"))
	for i := range 150 {
		p := histogram1(points, t1, []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}, []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 9)
		put(p.Attributes(), "path", fmt.Sprint("/", i), "method", "GET", "code", "200")
	}
	return md
}

func steadyEncoder(tb testing.TB) *Encoder {
	tb.Helper()
	e, err := New(Settings{ExternalLabels: map[string]string{"cluster": "prod"}, TargetInfoInterval: 1 << 40})
	require.NoError(tb, err)
	return e
}

func BenchmarkEncode(b *testing.B) {
	for name, batch := range batches {
		b.Run(name, func(b *testing.B) {
			e, md, samples := steadyEncoder(b), batch(), 0
			b.ReportAllocs()
			for b.Loop() {
				encoded := e.Encode(md)
				samples = encoded.Samples
				encoded.Kept()
				encoded.Release()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(samples), "ns/sample")
		})
	}
}

func TestSteadyStateAllocatesNothingPerSample(t *testing.T) {
	for name, batch := range batches {
		t.Run(name, func(t *testing.T) {
			// One state, not the pool: under the race detector a pool drops what it is given now and then.
			e, md := steadyEncoder(t), batch()
			s := e.states.New().(*state)
			first := s.encode(md)
			first.Kept()
			samples := first.Samples
			require.Greater(t, samples, 1900)
			require.Less(t, samples, 2200)
			allocs := testing.AllocsPerRun(20, func() { s.encode(md) })
			require.LessOrEqual(t, allocs, 20.0, "for %d samples", samples)
			t.Logf("%v allocations for %d samples", allocs, samples)
		})
	}
}
