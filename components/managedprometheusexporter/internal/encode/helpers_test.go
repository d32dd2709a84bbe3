package encode

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

const (
	t1 = pcommon.Timestamp(1_000 * millisecond)
	t2 = pcommon.Timestamp(2_000 * millisecond)
)

// decoded is what Prometheus reads from a record.
type decoded struct {
	samples    []sample
	metadata   []record.Metadata
	containing []record.Metadata // of each sample
}

// sample is one of them, read with Prometheus's own types.
type sample struct {
	prompb.TimeSeries
	at, start int64
	value     float64
	histogram *prompb.Histogram
}

// String is the sample in the form name{a="b"} value @milliseconds, with a start time and exemplars where it has them.
func (s sample) String() string {
	text := labelsText(s.Labels)
	text += " " + s.number() + fmt.Sprintf(" @%d", s.at)
	if s.start != 0 {
		text += fmt.Sprintf(" since %d", s.start)
	}
	for _, x := range s.Exemplars {
		text += fmt.Sprintf(" # %s %v @%d", labelsText(x.Labels), x.Value, x.Timestamp)
	}
	return text
}

func labelsText(labels []prompb.Label) (name string) {
	var rest []string
	for _, l := range labels {
		if l.Name == "__name__" {
			name = l.Value
		} else {
			rest = append(rest, fmt.Sprintf("%s=%q", l.Name, l.Value))
		}
	}
	if len(rest) > 0 {
		name += "{" + strings.Join(rest, ",") + "}"
	}
	return name
}

func (s sample) number() string {
	switch {
	case s.histogram != nil && value.IsStaleNaN(s.histogram.Sum):
		return "stale histogram"
	case s.histogram != nil:
		return s.histogram.ToIntHistogram().String()
	case value.IsStaleNaN(s.value):
		return "stale"
	}
	return fmt.Sprint(s.value)
}

// decode reads a batch and checks that Prometheus could, whichever the protocol.
func decode(t testing.TB, b *Batch) decoded {
	t.Helper()
	var all decoded
	count := 0
	for _, payload := range b.Payloads {
		before := len(all.samples)
		decodeRecord(t, payload.Data, &all)
		require.EqualValues(t, payload.Count, len(all.samples)-before)
		count += int(payload.Count)
	}
	require.Equal(t, b.Samples, count)
	return all
}

func decodeRecord(t testing.TB, data []byte, all *decoded) {
	t.Helper()
	var metadata record.Metadata
	var items record.Reader
	require.NoError(t, items.Reset(data))
	for {
		described, ok, err := items.Next()
		require.NoError(t, err)
		if !ok {
			return
		}
		if described != nil {
			metadata, err = record.DecodeMetadata(described)
			require.NoError(t, err)
			all.metadata = append(all.metadata, metadata)
			continue
		}
		all.samples = append(all.samples, decodeSample(t, items.Sample))
		all.containing = append(all.containing, metadata)
	}
}

func decodeSample(t testing.TB, raw record.Sample) sample {
	t.Helper()
	one := sample{at: raw.Timestamp, start: raw.Start, value: raw.Value}
	require.NoError(t, one.Unmarshal(append(append([]byte(nil), raw.Labels...), raw.Exemplars...)))
	require.NotEmpty(t, one.Labels)
	for i, l := range one.Labels {
		require.NotEmpty(t, l.Name)
		require.NotEmpty(t, l.Value)
		require.True(t, i == 0 || one.Labels[i-1].Name < l.Name, "labels are not sorted: %v", one.Labels)
	}
	if raw.Kind != record.Histogram {
		return one
	}
	var v1 prompb.Histogram
	var v2 writev2.Histogram
	require.NoError(t, v1.Unmarshal(raw.Histogram))
	require.NoError(t, v2.Unmarshal(raw.Histogram))
	require.Equal(t, raw.Timestamp, v1.Timestamp)
	require.Equal(t, raw.Timestamp, v2.Timestamp)
	if !v1.IsFloatHistogram() {
		require.Equal(t, v1.ToIntHistogram().String(), v2.ToIntHistogram().String())
	}
	one.histogram = &v1
	return one
}

// texts are the samples as text, in order.
func (d decoded) texts() []string {
	var all []string
	for _, s := range d.samples {
		all = append(all, s.String())
	}
	return all
}

func encode(t testing.TB, set Settings, md pmetric.Metrics) (decoded, *Batch) {
	t.Helper()
	e, err := New(set)
	require.NoError(t, err)
	b := e.Encode(md)
	t.Cleanup(b.Release)
	return decode(t, b), b
}

// requireSamples encodes and compares, by line.
func requireSamples(t *testing.T, set Settings, md pmetric.Metrics, want string) *Batch {
	t.Helper()
	got, b := encode(t, set, md)
	var lines []string
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	require.Equal(t, strings.Join(lines, "\n"), strings.Join(got.texts(), "\n"))
	return b
}

// resource is metrics with one scope whose resource has the attributes given as pairs.
func resource(pairs ...string) (pmetric.Metrics, pmetric.ScopeMetrics) {
	md := pmetric.NewMetrics()
	return md, addResource(md, pairs...)
}

func addResource(md pmetric.Metrics, pairs ...string) pmetric.ScopeMetrics {
	rm := md.ResourceMetrics().AppendEmpty()
	put(rm.Resource().Attributes(), pairs...)
	return rm.ScopeMetrics().AppendEmpty()
}

func put(m pcommon.Map, pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		m.PutStr(pairs[i], pairs[i+1])
	}
}

// scrape is what contrib's receiver makes of a scrape of a target.
func scrape(pairs ...string) (pmetric.Metrics, pmetric.ScopeMetrics) {
	md, sm := resource(append([]string{serviceName, "node", serviceInstance, "h:9100", "server.address", "h", "server.port", "9100", "url.scheme", "http"}, pairs...)...)
	sm.Scope().SetName("github.com/open-telemetry/opentelemetry-collector-contrib" + ownScope)
	sm.Scope().SetVersion("1.2.3")
	return md, sm
}

func metric(sm pmetric.ScopeMetrics, name string) pmetric.Metric {
	m := sm.Metrics().AppendEmpty()
	m.SetName(name)
	return m
}

// scraped is a metric that contrib's receiver has made.
func scraped(sm pmetric.ScopeMetrics, name, kind string) pmetric.Metric {
	m := metric(sm, name)
	m.Metadata().PutStr(verbatim.TypeKey, kind)
	return m
}

func counter(m pmetric.Metric) pmetric.NumberDataPointSlice {
	sum := m.SetEmptySum()
	sum.SetIsMonotonic(true)
	sum.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	return sum.DataPoints()
}

func number1(points pmetric.NumberDataPointSlice, at pcommon.Timestamp, v float64, pairs ...string) pmetric.NumberDataPoint {
	p := points.AppendEmpty()
	p.SetTimestamp(at)
	p.SetDoubleValue(v)
	put(p.Attributes(), pairs...)
	return p
}

func histogram(m pmetric.Metric) pmetric.HistogramDataPointSlice {
	h := m.SetEmptyHistogram()
	h.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	return h.DataPoints()
}

func histogram1(points pmetric.HistogramDataPointSlice, at pcommon.Timestamp, bounds []float64, counts []uint64, sum float64) pmetric.HistogramDataPoint {
	p := points.AppendEmpty()
	p.SetTimestamp(at)
	p.ExplicitBounds().FromRaw(bounds)
	p.BucketCounts().FromRaw(counts)
	for _, c := range counts {
		p.SetCount(p.Count() + c)
	}
	p.SetSum(sum)
	return p
}

func exponential(m pmetric.Metric) pmetric.ExponentialHistogramDataPointSlice {
	h := m.SetEmptyExponentialHistogram()
	h.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	return h.DataPoints()
}

func always() bool { return true }

var stale = pmetric.DefaultDataPointFlags.WithNoRecordedValue(true)

func sprint(v any) string { return fmt.Sprint(v) }

func msec(ms int) pcommon.Timestamp { return pcommon.Timestamp(ms) * millisecond }
