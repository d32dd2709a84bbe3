package deliverystatusextension

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"

	"github.com/msp-collector/msp-collector/components/status"
)

// A reload of the configuration makes the extension anew: the page goes on.
func TestAReloadForgetsNothing(t *testing.T) {
	at := time.Now()
	destination := newAsked(t, 200, found(at))
	same := component.MustNewIDWithName("delivery_status", "reloaded")
	before := startAs(t, same, verifying(destination.URL), componenttest.NewNopHost())
	unregister := before.Register(id("one"), status.Report{Destination: func() status.Destination { return delivered(at) }})
	require.NoError(t, before.Ready())
	before.arrivalIs(t, arrivalArrived)
	require.NoError(t, before.NotReady())
	unregister()
	require.NoError(t, before.Shutdown(context.Background()))
	first := before.snapshot()

	destination.code.Store(500)
	after := startAs(t, same, verifying(destination.URL), componenttest.NewNopHost())
	after.tells(t, "one", status.Destination{})
	shown := after.snapshot()
	require.Equal(t, first.Collector.Started, shown.Collector.Started)
	require.Equal(t, arrivalArrived, shown.Arrival.State)
	require.Greater(t, len(shown.Destinations[0].History.Time), 1, "points of before, and one of now")
	require.Zero(t, shown.Destinations[0].DeliveredPerSecond, "counts begin anew")

	elsewhere := startAs(t, same, verifying(destination.URL+"/other"), componenttest.NewNopHost())
	require.Equal(t, arrivalWaiting, elsewhere.snapshot().Arrival.State, "another question has no answer yet")
	require.NotSame(t, after.memory, start(t, nil, componenttest.NewNopHost()).memory, "another id remembers nothing of it")
}
