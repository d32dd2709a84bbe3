package encode

import (
	"math"
	"testing"
	"time"

	"github.com/prometheus/otlptranslator"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

func TestOTLPNumbers(t *testing.T) {
	md, sm := resource(serviceName, "shop", serviceNamespace, "prod", serviceInstance, "i-1")
	sm.Scope().SetName("library")
	m := metric(sm, "http.server.requests")
	m.SetUnit("{request}")
	p := counter(m).AppendEmpty()
	p.SetTimestamp(t2)
	p.SetStartTimestamp(t1)
	p.SetIntValue(5)
	p.Attributes().PutInt("http.status_code", 200)
	p.Attributes().PutBool("ok", true)
	m = metric(sm, "temperature")
	m.SetUnit("Cel")
	number1(m.SetEmptyGauge().DataPoints(), t1, 21.5, "room", "", "9lives", "yes")
	m = metric(sm, "queue.length")
	m.SetUnit("1")
	up := m.SetEmptySum()
	up.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	number1(up.DataPoints(), t1, 0).SetFlags(stale)
	requireSamples(t, Settings{}, md, `
		http_server_requests_total{http_status_code="200",instance="i-1",job="prod/shop",ok="true"} 5 @2000 since 1000
		temperature_celsius{instance="i-1",job="prod/shop",key_9lives="yes"} 21.5 @1000
		queue_length{instance="i-1",job="prod/shop"} stale @1000`)
}

func TestOTLPMetadata(t *testing.T) {
	md, sm := resource()
	m := metric(sm, "io")
	m.SetUnit("By")
	m.SetDescription("Bytes moved.")
	number1(counter(m), t1, 1)
	histogram1(histogram(metric(sm, "h")), t1, nil, []uint64{1}, 1)
	got, _ := encode(t, Settings{}, md)
	require.Equal(t, []record.Metadata{
		{Type: record.Counter, Family: "io_bytes_total", Help: "Bytes moved.", Unit: "bytes"},
		{Type: record.HistogramType, Family: "h"},
	}, got.metadata)
}

func TestTranslationStrategies(t *testing.T) {
	for strategy, want := range map[otlptranslator.TranslationStrategyOption]string{
		"": `http_duration_seconds{http_method="GET"} 1 @1000`,
		otlptranslator.UnderscoreEscapingWithSuffixes:    `http_duration_seconds{http_method="GET"} 1 @1000`,
		otlptranslator.UnderscoreEscapingWithoutSuffixes: `http_duration{http_method="GET"} 1 @1000`,
		otlptranslator.NoUTF8EscapingWithSuffixes:        `http.duration_seconds{http.method="GET"} 1 @1000`,
		otlptranslator.NoTranslation:                     `http.duration{http.method="GET"} 1 @1000`,
	} {
		md, sm := resource()
		m := metric(sm, "http.duration")
		m.SetUnit("s")
		number1(m.SetEmptyGauge().DataPoints(), t1, 1, "http.method", "GET")
		requireSamples(t, Settings{TranslationStrategy: strategy}, md, want)
	}
}

func TestDeltaIsRefusedWithAWayOut(t *testing.T) {
	md, sm := resource()
	sum := metric(sm, "orders").SetEmptySum()
	sum.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	number1(sum.DataPoints(), t1, 1)
	number1(sum.DataPoints(), t2, 1)
	h := metric(sm, "wait").SetEmptyHistogram()
	h.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	h.DataPoints().AppendEmpty()
	unspecified := metric(sm, "odd").SetEmptySum()
	number1(unspecified.DataPoints(), t1, 1)
	b := requireSamples(t, Settings{}, md, "")
	require.Equal(t, []Refusal{
		{reasonDelta, 3, "orders: delta temporality has no place in Prometheus: put the processor deltatocumulative into the pipeline, or let the SDK export cumulative values"},
		{reasonInvalid, 1, "odd: its temporality is not specified: let the sender set cumulative"},
	}, b.Refused)
	require.Empty(t, b.Payloads)
}

func TestLabelsThatCollideAreJoined(t *testing.T) {
	md, sm := resource()
	points := metric(sm, "m").SetEmptyGauge().DataPoints()
	number1(points, t1, 1, "b_c", "3", "a", "0", "b.c", "1", "b-c", "2")
	number1(points, t1, 2, "b_c", "6", "a", "0", "b.c", "4", "b-c", "5")
	requireSamples(t, Settings{}, md, `
		m{a="0",b_c="2;1;3"} 1 @1000
		m{a="0",b_c="5;4;6"} 2 @1000`)
}

func TestPrecedenceOfLabels(t *testing.T) {
	md, sm := resource(serviceName, "shop", "zone", "resource's", "host.name", "resource's")
	p := number1(metric(sm, "m").SetEmptyGauge().DataPoints(), t1, 1)
	put(p.Attributes(), "job", "point's", "zone", "point's", "__name__", "point's", "cluster", "point's", "instance", "point's")
	h := histogram1(histogram(metric(sm, "h")), t1, nil, []uint64{1}, 1)
	put(h.Attributes(), "le", "point's")
	h.RemoveSum()
	set := Settings{
		PromoteResourceAttributes: []string{"zone", "host.name", "not.there"},
		ExternalLabels:            map[string]string{"cluster": "external", "region": "external", "job": "external", "nothing": ""},
	}
	requireSamples(t, set, md, `
		m{cluster="point's",host_name="resource's",instance="point's",job="shop",region="external",zone="point's"} 1 @1000
		h_count{cluster="external",host_name="resource's",job="shop",le="point's",region="external",zone="resource's"} 1 @1000
		h_bucket{cluster="external",host_name="resource's",job="shop",le="+Inf",region="external",zone="resource's"} 1 @1000`)
}

func TestAnEmptyAttributeIsNoLabel(t *testing.T) {
	md, sm := resource()
	points := metric(sm, "m").SetEmptyGauge().DataPoints()
	for _, zone := range []string{"a", "", "b"} {
		number1(points, t1, 1, "zone", zone, "x", "y")
	}
	requireSamples(t, Settings{ExternalLabels: map[string]string{"zone": "external"}}, md, `
		m{x="y",zone="a"} 1 @1000
		m{x="y",zone="external"} 1 @1000
		m{x="y",zone="b"} 1 @1000`)
}

func TestTheSameSeriesTwice(t *testing.T) {
	md, _ := resource()
	md.ResourceMetrics().RemoveIf(func(pmetric.ResourceMetrics) bool { return true })
	for i := range 3 {
		sm := addResource(md, serviceName, "shop")
		points := metric(sm, "m").SetEmptyGauge().DataPoints()
		number1(points, t1, float64(i), "a", "b")
		number1(points, t1, float64(i), "own", sprint(i))
	}
	b := requireSamples(t, Settings{}, md, `
		m{a="b",job="shop"} 0 @1000
		m{job="shop",own="0"} 0 @1000
		m{job="shop",own="1"} 1 @1000
		m{job="shop",own="2"} 2 @1000`)
	require.Equal(t, reasonDuplicate, b.Refused[0].Reason)
	require.Equal(t, 2, b.Refused[0].Count)
	require.Contains(t, b.Refused[0].Example, "m: ")
}

func TestPointsAreBroughtIntoOrder(t *testing.T) {
	md, sm := resource()
	points := metric(sm, "m").SetEmptyGauge().DataPoints()
	number1(points, t2, 2, "a", "b")
	number1(points, t1, 1, "a", "b")
	requireSamples(t, Settings{}, md, `
		m{a="b"} 1 @1000
		m{a="b"} 2 @2000`)
}

func TestResourcesAreBroughtIntoOrder(t *testing.T) {
	md, sm := resource()
	number1(metric(sm, "m").SetEmptyGauge().DataPoints(), t2, 2)
	number1(metric(sm, "other").SetEmptyGauge().DataPoints(), t2, 2)
	for _, at := range []uint64{1, 2, 3, 2} {
		number1(metric(addResource(md), "m").SetEmptyGauge().DataPoints(), msec(int(at)*1000), float64(at))
	}
	for _, limit := range []int{0, 1} {
		e, err := New(Settings{MaxPayloadBytes: limit})
		require.NoError(t, err)
		b := e.Encode(md)
		got := decode(t, b)
		require.Equal(t, []string{"m 1 @1000", "m 2 @2000", "m 3 @3000", "other 2 @2000"}, got.texts())
		for i, s := range got.samples {
			require.Equal(t, s.label("__name__"), got.containing[i].Family)
		}
		require.Equal(t, 2, b.Refused[0].Count)
		b.Release()
	}
}

func TestPointsWithoutATimeAreRefused(t *testing.T) {
	for _, at := range []pcommon.Timestamp{0, millisecond - 1, 1 << 63, math.MaxUint64} {
		md, sm := resource(serviceName, "shop", "host.name", "h")
		number1(metric(sm, "m").SetEmptyGauge().DataPoints(), at, 1)
		histogram1(histogram(metric(sm, "h")), at, nil, []uint64{1}, 1)
		number1(scraped(sm, "s", "gauge").SetEmptyGauge().DataPoints(), at, 1)
		number1(scraped(sm, "g", "gaugehistogram").SetEmptyGauge().DataPoints(), at, 1)
		b := requireSamples(t, Settings{TargetInfoInterval: time.Second}, md, "")
		require.Equal(t, map[string]int{reasonInvalid: 4}, counts(b.Refused), "%d", at)
	}
}

func TestInvalidIsRefusedAndTheRestKept(t *testing.T) {
	md, sm := resource()
	number1(metric(sm, "").SetEmptyGauge().DataPoints(), t1, 1)
	points := metric(sm, "m").SetEmptyGauge().DataPoints()
	number1(points, t1, 1, "a", "b")
	number1(points, t1, 2, "a", "\xff")
	number1(points, t1, 3, "a", "c")
	number1(points, t1, 4, "", "c")
	number1(points, t1, 5, "___", "c")
	histogram1(histogram(metric(sm, "h")), t1, []float64{2, 1}, []uint64{1, 1, 1}, 1)
	s := metric(sm, "s").SetEmptySummary().DataPoints().AppendEmpty()
	s.SetTimestamp(t1)
	for _, q := range []float64{0.5, 0.1, 0.5} {
		s.QuantileValues().AppendEmpty().SetQuantile(q)
	}
	e := exponential(metric(sm, "e"))
	e.AppendEmpty().SetScale(-5)
	far := e.AppendEmpty()
	far.Positive().SetOffset(1<<31 - 2)
	far.Positive().BucketCounts().FromRaw([]uint64{0, 1})
	huge := e.AppendEmpty()
	for i := range e.Len() {
		e.At(i).SetTimestamp(t1)
	}
	number1(metric(sm, "timeless").SetEmptyGauge().DataPoints(), 0, 1)
	huge.Positive().BucketCounts().FromRaw([]uint64{1 << 63})
	b := requireSamples(t, Settings{SendNativeHistograms: true}, md, `
		m{a="b"} 1 @1000
		m{a="c"} 3 @1000`)
	require.Len(t, b.Refused, 1)
	require.Equal(t, reasonInvalid, b.Refused[0].Reason)
	require.Equal(t, 10, b.Refused[0].Count)
}
