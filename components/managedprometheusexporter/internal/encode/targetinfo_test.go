package encode

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
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
		return decode(t, b).texts()[2:]
	}
	info := `target_info{host_name="h",job="shop",zone="z"} 1 `
	require.Equal(t, []string{info + "@1000"}, batch(1000))
	require.Empty(t, batch(1999))
	require.Equal(t, []string{info + "@2000"}, batch(2000))
	require.Len(t, batch(2000, serviceInstance, "other"), 1)
	require.Empty(t, batch(1500))
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
		require.True(t, targets.due(i, t1))
	}
	require.LessOrEqual(t, len(targets.last), maxTargets)
}
