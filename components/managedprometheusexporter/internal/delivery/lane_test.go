package delivery

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/internal/wal"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"
)

// poisoning rejects requests that hold a sample of one of the last series.
func poisoning(t *testing.T, from int) func(int, *prompb.WriteRequest) send.Answer {
	return func(_ int, request *prompb.WriteRequest) send.Answer {
		for i := range request.Timeseries {
			if number(t, &request.Timeseries[i]) >= from {
				return send.Answer{Status: http.StatusBadRequest}
			}
		}
		return send.Answer{Status: http.StatusNoContent}
	}
}

// An endpoint that answers in 20 ms gets 1000 good samples a second, and some that it rejects. They cost at most a fifth of the
// throughput of the others.
func TestRejectedSamplesDelayNobodyElse(t *testing.T) {
	const good, seconds = 1000, 45
	for _, bad := range []int{0, 1, 10, 100} {
		t.Run(fmt.Sprint("rejected of ", good, " a second: ", bad), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEndpoint(t)
				e.answers(poisoning(t, good))
				s := settings(t, posterFunc(func(ctx context.Context, header http.Header, body []byte) send.Answer {
					time.Sleep(20 * time.Millisecond)
					return e.Post(ctx, header, body)
				}))
				s.MaxSamplesPerSend, s.Capacity, s.BatchSendDeadline = 2000, 5000, 5*time.Second
				s.MinBackoff, s.MaxBackoff, s.AuthProbeInterval = 300*time.Millisecond, 10*time.Second, 30*time.Second
				q := open(t, s)
				for second := range int64(seconds) {
					require.NoError(t, q.Append([]wal.Payload{samplesOf(good+bad, second)}))
					time.Sleep(time.Second)
				}
				books := balanced(t, q)
				t.Logf("%d delivered, %d queued, dropped %v, %d requests", books.Delivered, books.Queued, books.Dropped, e.count())
				require.GreaterOrEqual(t, books.Delivered, uint64(good*seconds*8/10))
				time.Sleep(2 * time.Minute)
				books = balanced(t, q)
				require.EqualValues(t, good*seconds, books.Delivered)
				require.Zero(t, books.Queued)
				_, _, disordered := e.samples()
				require.Zero(t, disordered)
				require.NoError(t, q.Shutdown(context.Background()))
			})
		})
	}
}

// A series of which one sample was rejected goes through the slow lane, in order, and its other samples arrive.
func TestASeriesInQuarantineArrivesInOrder(t *testing.T) {
	e := newEndpoint(t)
	e.answers(func(_ int, request *prompb.WriteRequest) send.Answer {
		for _, series := range request.Timeseries {
			if series.Labels[0].Value == "series_013" && series.Samples[0].Timestamp%10 == 3 {
				return send.Answer{Status: http.StatusBadRequest}
			}
		}
		return send.Answer{Status: http.StatusNoContent}
	})
	q := open(t, settings(t, e))
	appendRounds(t, q, 50, 0, 100)
	e.until("all decided", func() bool { return q.Snapshot().Queued == 0 })
	require.Equal(t, map[string]uint64{send.ReasonRefused: 10}, balanced(t, q).Dropped)
	different, repeated, disordered := e.samples()
	require.Equal(t, [3]int{4990, 0, 0}, [3]int{different, repeated, disordered})
}

// What is dropped, delivered and queued adds up however many runs there are, and nothing of the lane is lost between them.
func TestTheLaneSurvivesRestarts(t *testing.T) {
	e := newEndpoint(t)
	s := settings(t, e)
	s.MinShards = 2
	ts, dropped := int64(0), uint64(0)
	for range 6 {
		e.answers(poisoning(t, 45))
		q := open(t, s)
		appendRounds(t, q, 50, ts, ts+20)
		ts += 20
		e.until("the good ones are delivered", func() bool { return e.distinctBelow(45) == int(ts)*45 })
		crash(t, q)
		dropped += balanced(t, q).Dropped[send.ReasonRefused]
	}
	e.answers(nil)
	q := open(t, s)
	e.until("all decided", func() bool { return q.Snapshot().Queued == 0 })
	dropped += balanced(t, q).Dropped[send.ReasonRefused]
	different, repeated, disordered := e.samples()
	t.Logf("%d samples, %d dropped, %d of the rest arrived", ts*50, dropped, different)
	require.Zero(t, disordered)
	require.LessOrEqual(t, repeated, 6*(s.MinShards+1)*s.MaxSamplesPerSend)
	require.GreaterOrEqual(t, uint64(different)+dropped, uint64(ts*50))
}

func (e *endpoint) distinctBelow(n int) (count int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for name, timestamps := range e.series {
		if name < fmt.Sprintf("series_%03d", n) {
			seen := map[int64]bool{}
			for _, ts := range timestamps {
				seen[ts] = true
			}
			count += len(seen)
		}
	}
	return count
}

// Samples in the lane are not dropped while the destination accepts nothing.
func TestTheLaneDropsNothingWhileEverythingIsRejected(t *testing.T) {
	e := newEndpoint(t)
	e.answers(poisoning(t, 45))
	s := settings(t, e)
	s.AuthProbeInterval = 5 * time.Millisecond
	q := open(t, s)
	appendRounds(t, q, 50, 0, 10)
	e.until("all decided", func() bool { return q.Snapshot().Queued == 0 })
	require.False(t, q.quarantine.empty())
	e.status(http.StatusBadRequest)
	e.until("blocked", func() bool {
		appendRounds(t, q, 50, 10, 11)
		return q.Health().Held
	})
	before := q.Snapshot().Dropped[send.ReasonRefused]
	requests := e.count()
	e.until("many probes", func() bool { return e.count() > requests+30 })
	require.Equal(t, before, balanced(t, q).Dropped[send.ReasonRefused])
	e.answers(poisoning(t, 45))
	e.until("all decided", func() bool { return q.Snapshot().Queued == 0 })
	require.Zero(t, balanced(t, q).Delivered%45)
}

func TestQuarantineKeepsSeriesAcrossRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		directory := t.TempDir()
		k := openQuarantine(directory, true)
		require.True(t, k.empty())
		for hash := range uint64(3) {
			require.True(t, k.add(hash, 10*hash, send.ReasonRefused))
		}
		require.False(t, k.enter(2, 20), "that one was rejected and settled")
		require.True(t, k.enter(2, 25))
		require.True(t, k.enter(1, 15))
		require.NoError(t, k.leave(1, 15, true))
		require.EqualValues(t, 21, k.lowest(100))
		require.NoError(t, k.close())

		k = openQuarantine(directory, true)
		require.True(t, k.has(2, 25))
		require.False(t, k.has(1, 15))
		require.True(t, k.has(1, 16))
		require.False(t, k.has(7, 99))
		time.Sleep(suspectExpires + time.Second)
		require.True(t, k.enter(2, 25))
		require.NoError(t, k.expire(time.Now()))
		require.False(t, k.has(1, 16), "it has expired")
		require.True(t, k.has(2, 26), "a sample of it waits")
		require.NoError(t, k.leave(2, 25, true))
		require.NoError(t, k.expire(time.Now()))
		require.True(t, k.empty())
		require.True(t, k.add(8, 1, send.ReasonRefused), "its slot is free")
		require.NoError(t, k.close())
		require.True(t, openQuarantine(directory, true).has(8, 2))
	})
}

func TestQuarantineIsBounded(t *testing.T) {
	k := openQuarantine(t.TempDir(), false)
	for hash := range uint64(maxSuspects) {
		require.True(t, k.add(hash, 0, send.ReasonRefused))
	}
	require.False(t, k.add(maxSuspects, 0, send.ReasonRefused))
	require.True(t, k.add(7, 5, send.ReasonRefused), "it is there already")
	require.NoError(t, k.close())
}

// A series that is rejected again and again is tried at growing intervals, and at once when one of its samples is delivered.
func TestStrikesPutASeriesToSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := openQuarantine(t.TempDir(), false)
		for ordinal := range uint64(maxStrikes - 1) {
			k.add(1, ordinal, send.ReasonRefused)
		}
		_, asleep := k.sleeping(1)
		require.False(t, asleep)
		for strikes := range uint64(10) {
			k.add(1, maxStrikes+strikes, send.ReasonRefused)
			_, asleep = k.sleeping(1)
			require.True(t, asleep)
			time.Sleep(min(time.Second<<strikes, maxAsleep))
			_, asleep = k.sleeping(1)
			require.False(t, asleep)
		}
		k.add(1, 100, send.ReasonRefused)
		require.True(t, k.enter(1, 101))
		require.NoError(t, k.leave(1, 101, true))
		_, asleep = k.sleeping(1)
		require.False(t, asleep)
		require.NoError(t, k.close())
	})
}
