package deliverystatusextension

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"

	"github.com/msp-collector/msp-collector/components/status"
)

// Readiness is about accepting data. A refused key must not take a gateway out of service: its data are kept.
func TestReady(t *testing.T) {
	r := start(t, nil, componenttest.NewNopHost())
	probe := func(path string, want int, says string) {
		t.Helper()
		code, text := r.get(t, path)
		require.Equal(t, want, code)
		require.Contains(t, text, says)
	}
	probe("/ready", 503, "being started")
	probe("/live", 200, "live")
	require.NoError(t, r.Ready())
	probe("/ready", 200, "new samples are accepted")
	r.tells(t, "held", held())
	probe("/ready", 200, "new samples are accepted")
	full := r.Register(id("full"), status.Report{Destination: func() status.Destination {
		return status.Destination{Refusing: "the write-ahead log is full"}
	}})
	probe("/ready", 503, "managed_prometheus/full cannot keep samples: the write-ahead log is full")
	probe("/live", 200, "live")
	full()
	probe("/ready", 200, "new samples are accepted")
	require.NoError(t, r.NotReady())
	probe("/ready", 503, "stopping")
	probe("/live", 200, "live")
}

// A component that is made anew by a reload registers before the one before it has gone.
func TestTheNewOneStays(t *testing.T) {
	var all registry
	before := all.Register(id("x"), status.Report{Destination: func() status.Destination { return status.Destination{Accepted: 1} }})
	after := all.Register(id("x"), status.Report{Destination: func() status.Destination { return status.Destination{Accepted: 2} }})
	before()
	require.Len(t, all.Destinations(), 1)
	require.EqualValues(t, 2, all.Destinations()[0].Of.Accepted)
	require.Empty(t, all.Receivers())
	after()
	require.Empty(t, all.Destinations())
}
