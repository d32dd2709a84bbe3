package delivery

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/internal/wal"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/write"
)

// An endpoint that rejects everything is judged by a few requests: it is blocked, and nothing is dropped, whatever its status.
func TestADestinationThatRejectsEverythingIsBlocked(t *testing.T) {
	for _, status := range []int{101, 400, 409, 410, 413, 418, 421, 422, 426, 431, 451, 499} {
		for _, shards := range []int{1, 4} {
			t.Run(fmt.Sprint(status, " with shards: ", shards), func(t *testing.T) {
				e := newEndpoint(t)
				e.status(status)
				s := settings(t, e)
				s.MinShards, s.MaxSamplesPerSend, s.Capacity, s.AuthProbeInterval = shards, 1000, 1000, time.Hour
				var pair sync.Mutex
				changed := make(chan struct{})
				s.PairChanged = func() <-chan struct{} { pair.Lock(); defer pair.Unlock(); return changed }
				q := open(t, s)
				require.NoError(t, q.Append([]wal.Payload{samplesOf(1000, 1)}))
				e.until("blocked", func() bool { return q.Health().Held })
				require.NoError(t, q.Append([]wal.Payload{samplesOf(1000, 2)}))
				require.LessOrEqual(t, e.count(), 2*shards+maxSingles+1)
				require.Empty(t, balanced(t, q).Dropped)
				require.EqualValues(t, 2000, q.Snapshot().Queued)
				if status/100 == 4 && status != 410 && status != 421 && status != 426 && status != 431 && status != 451 {
					require.Equal(t, "rejects_all", q.Health().Finding.Reason)
				}

				e.answers(nil)
				pair.Lock()
				close(changed)
				changed = make(chan struct{})
				pair.Unlock()
				e.until("all delivered", func() bool { return q.Snapshot().Delivered == 2000 })
				_, repeated, disordered := e.samples()
				require.Zero(t, repeated+disordered)
				require.Empty(t, balanced(t, q).Dropped)
			})
		}
	}
}

// What was accepted before says nothing: from when on everything is rejected, nothing is dropped.
func TestNothingIsDroppedOnceEverythingIsRejected(t *testing.T) {
	e := newEndpoint(t)
	s := settings(t, e)
	s.MinShards, s.AuthProbeInterval = 3, 5*time.Millisecond
	q := open(t, s)
	appendRounds(t, q, 50, 0, 10)
	e.until("delivered", func() bool { return q.Snapshot().Delivered == 500 })
	e.status(http.StatusBadRequest)
	before := e.count()
	appendRounds(t, q, 50, 10, 20)
	e.until("many probes", func() bool { return e.count() > before+40 })
	require.Empty(t, balanced(t, q).Dropped)
	require.True(t, q.Health().Held)
	e.answers(nil)
	e.until("delivered", func() bool { return q.Snapshot().Delivered == 1000 })
	_, repeated, disordered := e.samples()
	require.Zero(t, disordered)
	require.LessOrEqual(t, repeated, s.MinShards, "probes")
}

// Only one series is rejected, and it is at the head of all there is when the endpoint has not accepted anything yet.
func TestAPoisonedHeadDoesNotBlock(t *testing.T) {
	for name, poisoned := range map[string]func(int) bool{
		"the first series":  func(n int) bool { return n == 0 },
		"the last series":   func(n int) bool { return n == 49 },
		"half of them":      func(n int) bool { return n%2 == 0 },
		"all but the tenth": func(n int) bool { return n != 10 && n != 999 },
		"all":               func(n int) bool { return n != 999 },
	} {
		t.Run(name, func(t *testing.T) {
			e := newEndpoint(t)
			e.answers(func(_ int, request *prompb.WriteRequest) send.Answer {
				for i := range request.Timeseries {
					if poisoned(number(t, &request.Timeseries[i])) {
						return send.Answer{Status: http.StatusUnprocessableEntity}
					}
				}
				return send.Answer{Status: http.StatusNoContent}
			})
			s := settings(t, e)
			s.MaxSamplesPerSend, s.Capacity, s.AuthProbeInterval = 100, 100, time.Millisecond
			s.Probe = func() []byte { return payloadOf(sampleOf("series_999", time.Now().UnixMilli())).Data }
			q := open(t, s)
			appendRounds(t, q, 50, 0, 4)
			good := uint64(0)
			for n := range 50 {
				if !poisoned(n) {
					good += 4
				}
			}
			e.until("all decided", func() bool { return q.Snapshot().Queued == 0 })
			require.Equal(t, good, balanced(t, q).Delivered)
			require.Equal(t, map[string]uint64{send.ReasonRejected: 200 - good}, q.Snapshot().Dropped)
			_, _, disordered := e.samples()
			require.Zero(t, disordered)
		})
	}
}

// No request follows a rejection at once, neither at an endpoint that has accepted something nor at one that has not.
func TestSplitsAreSpaced(t *testing.T) {
	for _, proven := range []bool{false, true} {
		t.Run(fmt.Sprint("proven: ", proven), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEndpoint(t)
				s := settings(t, e)
				s.MinBackoff, s.MaxBackoff, s.AuthProbeInterval = 300*time.Millisecond, 10*time.Second, 30*time.Second
				s.MaxSamplesPerSend, s.Capacity = 1000, 1000
				q := open(t, s)
				if proven {
					require.NoError(t, q.Append([]wal.Payload{samplesOf(10, 0)}))
					e.until("delivered", func() bool { return q.Snapshot().Delivered == 10 })
				}
				var at []time.Time
				e.answers(func(int, *prompb.WriteRequest) send.Answer {
					at = append(at, time.Now())
					return send.Answer{Status: http.StatusBadRequest}
				})
				require.NoError(t, q.Append([]wal.Payload{samplesOf(1000, 1)}))
				time.Sleep(time.Minute)
				synctest.Wait()
				e.answers(nil)
				least := 150 * time.Millisecond
				if !proven {
					least = 2400 * time.Millisecond
				}
				require.LessOrEqual(t, len(at), 8)
				for n := 1; n < len(at); n++ {
					require.GreaterOrEqual(t, at[n].Sub(at[n-1]), least)
					least = min(2*least, 5*time.Second)
				}
				require.True(t, q.Health().Held)
				time.Sleep(time.Minute)
				require.Zero(t, balanced(t, q).Queued)
			})
		})
	}
}

// The counts of remote write 2.0 decide: what they explain is counted, and nothing is sent again.
func TestWrittenCountsExplainARejection(t *testing.T) {
	requests := 0
	s := settings(t, posterFunc(func(context.Context, http.Header, []byte) send.Answer {
		requests++
		return send.Answer{Status: http.StatusBadRequest, Header: http.Header{"X-Prometheus-Remote-Write-Samples-Written": {"7"}}}
	}))
	s.Protocol = write.V2
	q := open(t, s)
	require.NoError(t, q.Append([]wal.Payload{samplesOf(10, 1)}))
	require.Eventually(t, func() bool { return q.Snapshot().Queued == 0 }, 20*time.Second, time.Millisecond)
	require.EqualValues(t, 7, balanced(t, q).Delivered)
	require.Equal(t, map[string]uint64{send.ReasonNotWritten: 3}, q.Snapshot().Dropped)
	require.NoError(t, q.Shutdown(t.Context()))
	require.Equal(t, 1, requests)
}

// A request that was too large is not tried in that size with every batch.
func TestASizeThatWasTooLargeIsRemembered(t *testing.T) {
	e := newEndpoint(t)
	tooLarge := 0
	e.answers(func(_ int, request *prompb.WriteRequest) send.Answer {
		if len(request.Timeseries) > 30 {
			tooLarge++
			return send.Answer{Status: http.StatusRequestEntityTooLarge}
		}
		return send.Answer{Status: http.StatusOK}
	})
	s := settings(t, e)
	s.MaxSamplesPerSend, s.Capacity = 100, 100
	q := open(t, s)
	appendRounds(t, q, 50, 0, 200)
	e.until("all delivered", func() bool { return q.Snapshot().Delivered == 10_000 })
	require.LessOrEqual(t, tooLarge, 10)
}
