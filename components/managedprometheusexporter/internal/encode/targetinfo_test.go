package encode

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

func TestTargetInfoOncePerResourceAndInterval(t *testing.T) {
	e, err := New(Settings{TargetInfoInterval: time.Second, PromoteResourceAttributes: []string{"zone"}})
	require.NoError(t, err)
	batch := func(millis int, pairs ...string) []string {
		md, sm := resource(append(pairs, serviceName, "shop", "host.name", "h", "zone", "z")...)
		points := metric(sm, "m").SetEmptyGauge().DataPoints()
		number1(points, msec(1), 1, "a", "b")
		number1(points, msec(millis), 1)
		b := e.Encode(md)
		defer b.Release()
		b.Kept()
		return decode(t, b).texts()[2:]
	}
	info := `target_info{host_name="h",job="shop",zone="z"} 1 `
	require.Equal(t, []string{info + "@1000"}, batch(1000))
	require.Empty(t, batch(1999))
	require.Equal(t, []string{info + "@2000"}, batch(2000))
	require.Len(t, batch(2000, serviceInstance, "other"), 1)
	require.Empty(t, batch(1500))
	require.Equal(t, []string{info + "@1000"}, batch(1000), "an interval before the last one: its time was wrong")
	require.Equal(t, []string{info + "@9000"}, batch(9000), "a sample from the future")
	require.Equal(t, []string{info + "@2000"}, batch(2000), "and the next one from now")
	require.Equal(t, []string{info + "@3000"}, batch(3000))
}

// A sender whose request was refused since the log is full sends it again.
func TestTargetInfoIsDueUntilItIsKept(t *testing.T) {
	e, err := New(Settings{TargetInfoInterval: time.Second})
	require.NoError(t, err)
	md, sm := resource(serviceName, "shop", "host.name", "h")
	number1(metric(sm, "m").SetEmptyGauge().DataPoints(), t1, 1)
	for i, want := range []int{2, 2, 1} {
		b := e.Encode(md)
		require.Equal(t, want, b.Samples)
		if i == 1 {
			b.Kept()
		}
		b.Release()
	}
}

// What a batch processor has put together may have a resource many times.
func TestTargetInfoIsThereOncePerRequest(t *testing.T) {
	md := pmetric.NewMetrics()
	for i, pairs := range [][]string{{"a", "1", "b", "2"}, {"a", "1", "b", "2"}, {"b", "2", "a", "1"}} {
		number1(metric(addResource(md, append(pairs, serviceName, "shop")...), "m"+sprint(i)).SetEmptyGauge().DataPoints(), t1, 1)
	}
	requireSamples(t, Settings{TargetInfoInterval: time.Second}, md, `
		m0{job="shop"} 1 @1000
		target_info{a="1",b="2",job="shop"} 1 @1000
		m1{job="shop"} 1 @1000
		m2{job="shop"} 1 @1000`)
}

func TestTargetInfoNeedsAnIdentityAndMore(t *testing.T) {
	for _, pairs := range [][]string{{"host.name", "h"}, {serviceName, "shop", serviceNamespace, "n"}, {}} {
		md, sm := resource(pairs...)
		number1(metric(sm, "m").SetEmptyGauge().DataPoints(), t1, 1)
		got, _ := encode(t, Settings{TargetInfoInterval: time.Second}, md)
		require.Len(t, got.samples, 1)
	}
}

func TestWhatIsRememberedOfTargetsIsBounded(t *testing.T) {
	targets := newTargets(time.Second)
	for i := range uint64(3 * maxTargets) {
		targets.remember(map[uint64]pcommon.Timestamp{i: t1})
	}
	require.LessOrEqual(t, len(targets.last), maxTargets)
}
