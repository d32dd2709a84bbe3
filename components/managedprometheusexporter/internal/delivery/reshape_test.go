package delivery

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"
)

// An endpoint that is slow keeps the dispatcher waiting for its shards. That is when there must be more of them.
func TestReshardingReactsWhileTheEndpointIsSlow(t *testing.T) {
	for _, takes := range []time.Duration{time.Second, 3 * time.Second, 10 * time.Second} {
		t.Run(takes.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEndpoint(t)
				s := settings(t, posterFunc(func(ctx context.Context, header http.Header, body []byte) send.Answer {
					time.Sleep(takes)
					return e.Post(ctx, header, body)
				}))
				q := open(t, s)
				begun := time.Now()
				appendRounds(t, q, 50, 0, 100)
				for q.Shards() == 1 && time.Since(begun) < time.Minute {
					time.Sleep(tick)
				}
				require.LessOrEqual(t, time.Since(begun), 10*time.Second+2*tick)
				for q.Snapshot().Queued > 0 && time.Since(begun) < time.Hour {
					time.Sleep(time.Second)
				}
				different, repeated, disordered := e.samples()
				require.Equal(t, [3]int{5000, 0, 0}, [3]int{different, repeated, disordered})
				require.Zero(t, balanced(t, q).Queued)
				require.NoError(t, q.Shutdown(context.Background()))
			})
		})
	}
}

// Only what was delivered or dropped says how fast samples go: a search that sends many requests must not look like speed.
func TestRatesCountSettledSamples(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r rates
		for range 10 {
			r.begin(0, 0)
			time.Sleep(100 * time.Millisecond)
			r.end(0, 10, true)
		}
		require.Equal(t, 1, r.shards(Snapshot{Queued: 1000}, time.Second, 1), "nothing is known yet")
		r.settled(10)
		require.Equal(t, 6, r.shards(Snapshot{Queued: 1000}, time.Second, 1), "50 samples/s are to go, each costs 100 ms")
	})
}
