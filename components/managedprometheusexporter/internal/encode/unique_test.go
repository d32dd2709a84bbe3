package encode

import (
	"strings"
	"testing"

	"github.com/prometheus/otlptranslator"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Within one scope a series can come twice when names become one. Each case has a sample of 2 s, then one of 1 s, and one of
// 2 s again, behind series that nothing happens to.
func TestOneSeriesOfManyInOneScope(t *testing.T) {
	gauge := func(sm pmetric.ScopeMetrics, name string, at int, pairs ...string) {
		number1(metric(sm, name).SetEmptyGauge().DataPoints(), msec(at), float64(at), pairs...)
	}
	points := func(sm pmetric.ScopeMetrics, all ...[]string) { // of one metric; those of 2 s follow the one of 1 s
		list := metric(sm, "m").SetEmptyGauge().DataPoints()
		for i, at := range []int{2000, 1000, 2000} {
			number1(list, msec(at), float64(at), all[i]...)
		}
	}
	for name, c := range map[string]struct {
		write func(sm pmetric.ScopeMetrics)
		want  string
	}{
		"a metric twice": {func(sm pmetric.ScopeMetrics) { gauge(sm, "m", 2000); gauge(sm, "m", 1000); gauge(sm, "m", 2000) }, `m{job="shop"}`},
		"metrics whose names become one": {func(sm pmetric.ScopeMetrics) {
			gauge(sm, "a.b", 2000)
			gauge(sm, "a_b", 1000)
			gauge(sm, "a-b", 2000)
		}, `a_b{job="shop"}`},
		"an empty attribute": {func(sm pmetric.ScopeMetrics) {
			points(sm, []string{"route", ""}, nil, nil)
		}, `m{job="shop"}`},
		"attributes that become one": {func(sm pmetric.ScopeMetrics) {
			points(sm, []string{"x_y", "1;2"}, []string{"x_y", "1;2"}, []string{"x.y", "2", "x-y", "1"})
		}, `m{job="shop",x_y="1;2"}`},
		"an attribute that the resource overrides": {func(sm pmetric.ScopeMetrics) {
			points(sm, []string{"job", "a"}, []string{"job", "b"}, []string{"job", "c"})
		}, `m{job="shop"}`},
	} {
		t.Run(name, func(t *testing.T) {
			md, sm := resource(serviceName, "shop")
			gauge(sm, "before", 3000)
			c.write(sm)
			b := requireSamples(t, Settings{}, md, strings.ReplaceAll(`
				before{job="shop"} 3000 @3000
				S 1000 @1000
				S 2000 @2000`, "S", c.want))
			require.Equal(t, map[string]int{reasonDuplicate: 1}, counts(b.Refused))
		})
	}
}

// The series of a histogram can have the name of another metric.
func TestASeriesOfTwoFamilies(t *testing.T) {
	md, sm := resource()
	histogram1(histogram(metric(sm, "wait")), t2, nil, []uint64{1}, 7)
	number1(metric(sm, "wait.sum").SetEmptyGauge().DataPoints(), t1, 5)
	number1(metric(sm, "wait.count").SetEmptyGauge().DataPoints(), t2, 5)
	b := requireSamples(t, Settings{}, md, `
		wait_sum 5 @1000
		wait_sum 7 @2000
		wait_count 1 @2000
		wait_bucket{le="+Inf"} 1 @2000`)
	require.Equal(t, map[string]int{reasonDuplicate: 1}, counts(b.Refused))
}

// Where each series comes once, nothing is kept of it.
func TestTheUsualScopeIsNotWatched(t *testing.T) {
	e := steadyEncoder(t)
	for name, watched := range map[string]bool{"otlp": false, "scraped": false, "histograms": false, "resources": true} {
		b := e.Encode(batches[name]())
		require.Equal(t, watched, b.state.unique.watching, name)
		require.Equal(t, watched, len(b.state.unique.newest) > 0, name)
		b.Release()
	}
}

func TestNamesAreBounded(t *testing.T) {
	n := newNames("")
	for i := range maxNames + 1 {
		n.integer(int64(i))
		n.metric(otlptranslator.Metric{Name: sprint(i)})
	}
	n.label("kept")
	n.trim()
	require.Empty(t, n.integers)
	require.Empty(t, n.metrics)
	require.Empty(t, n.families)
	require.Len(t, n.labels, 1)
}

// As many requests as there are may wait for the disk; their caches do not.
func TestNamesAreNotKeptWithABatch(t *testing.T) {
	e := steadyEncoder(t)
	var all []*Batch
	for range 3 {
		all = append(all, e.Encode(batches["otlp"]()))
	}
	require.Len(t, e.names, 1)
	for _, b := range all {
		require.Nil(t, b.state.names)
		b.Release()
	}
}
