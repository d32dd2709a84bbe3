package delivery

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/internal/wal"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"
)

func TestShutdownDeliversWhatItCan(t *testing.T) {
	e := newEndpoint(t)
	s := settings(t, e)
	s.BatchSendDeadline = time.Hour
	q := open(t, s)
	appendRounds(t, q, 7, 0, 3)
	require.NoError(t, q.Shutdown(context.Background()))
	different, _, _ := e.samples()
	require.Equal(t, 21, different)
}

func TestShutdownDoesNotWaitForADeadEndpoint(t *testing.T) {
	e := newEndpoint(t)
	e.answers(func(int, *prompb.WriteRequest) send.Answer { return send.Answer{Err: errors.New("connection refused")} })
	s := settings(t, e)
	s.MinBackoff, s.MaxBackoff, s.FlushDeadline = time.Hour, time.Hour, time.Hour
	q := open(t, s)
	appendRounds(t, q, 50, 0, 20)
	e.until("an attempt", func() bool { return e.count() > 0 })
	require.NoError(t, q.Shutdown(context.Background()))

	e.answers(nil)
	again := open(t, s)
	e.until("all delivered", func() bool { return again.Snapshot().Delivered == 1000 })
	require.EqualValues(t, 1000, balanced(t, again).Recovered)
	_, repeated, disordered := e.samples()
	require.Zero(t, repeated+disordered)
}

// A crash at any moment repeats at most the request each shard had in flight, whole.
func TestCrashesRepeatOneRequestPerShard(t *testing.T) {
	e := newEndpoint(t)
	s := settings(t, e)
	s.MinShards = 4
	ts, crashes := int64(0), 20
	for range crashes {
		lost := rand.IntN(20)
		e.mu.Lock()
		begin := e.requests
		e.answer = func(n int, request *prompb.WriteRequest) send.Answer {
			if n-begin < lost {
				return send.Answer{Status: http.StatusNoContent}
			}
			e.keep(request) // taken, but nobody learns of it
			return send.Answer{Err: errors.New("connection reset")}
		}
		e.mu.Unlock()
		s.MinBackoff, s.MaxBackoff = time.Hour, time.Hour
		q := open(t, s)
		appendRounds(t, q, 50, ts, ts+20)
		ts += 20
		e.until("the crash", func() bool { return e.count()-begin > lost })
		crash(t, q)
		balanced(t, q)
	}
	e.answers(nil)
	q := open(t, s)
	e.until("all delivered", func() bool { return q.Snapshot().Queued == 0 })
	different, repeated, disordered := e.samples()
	require.Equal(t, int(ts)*50, different)
	require.Zero(t, disordered)
	require.LessOrEqual(t, repeated, crashes*s.MinShards*s.MaxSamplesPerSend)
	balanced(t, q)
}

func TestALostCheckpointLosesNothing(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, dir string){
		"missing": func(t *testing.T, dir string) { require.NoError(t, os.Remove(filepath.Join(dir, checkpointFile))) },
		"zeroed": func(t *testing.T, dir string) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, checkpointFile), make([]byte, 100), 0o600))
		},
		"both missing": func(t *testing.T, dir string) {
			require.NoError(t, os.Remove(filepath.Join(dir, checkpointFile)))
			require.NoError(t, os.Remove(filepath.Join(dir, checkpointFile+backupSuffix)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEndpoint(t)
			s := settings(t, e)
			q := open(t, s)
			appendRounds(t, q, 50, 0, 20)
			e.until("all delivered", func() bool { return q.Snapshot().Delivered == 1000 })
			e.status(http.StatusInternalServerError)
			appendRounds(t, q, 50, 20, 40)
			require.NoError(t, q.Shutdown(context.Background()))
			damage(t, s.Log.Directory)
			e.answers(nil)
			again := open(t, s)
			e.until("all delivered", func() bool { return again.Snapshot().Queued == 0 })
			different, repeated, _ := e.samples()
			require.Equal(t, 2000, different)
			if name != "both missing" {
				require.Zero(t, repeated)
			}
			balanced(t, again)
		})
	}
}

func TestTheNumberOfShardsChangesBetweenRuns(t *testing.T) {
	e := newEndpoint(t)
	e.status(http.StatusInternalServerError)
	s := settings(t, e)
	total := 0
	for _, shards := range []int{1, 5, 3, 8} {
		s.MinShards, s.MaxShards = shards, shards
		q := open(t, s)
		q.setReshardEvery(time.Millisecond)
		appendRounds(t, q, 50, int64(total), int64(total+20))
		total += 20
		answered := e.count()
		e.answers(func(n int, _ *prompb.WriteRequest) send.Answer {
			if n < answered+15 {
				return send.Answer{Status: http.StatusOK}
			}
			return send.Answer{Status: http.StatusInternalServerError}
		})
		e.until("some delivered", func() bool { return e.count() > answered+15 })
		require.NoError(t, q.Shutdown(context.Background()))
	}
	e.answers(nil)
	q := open(t, s)
	q.setReshardEvery(time.Millisecond)
	e.until("all delivered", func() bool { return q.Snapshot().Queued == 0 })
	e.until("resharded", func() bool { return q.Shards() == 8 })
	different, repeated, disordered := e.samples()
	require.Equal(t, [3]int{total * 50, 0, 0}, [3]int{different, repeated, disordered})
	balanced(t, q)
}

func TestReshardingKeepsOrder(t *testing.T) {
	e := newEndpoint(t)
	s := settings(t, e)
	q := open(t, s)
	q.setReshardEvery(time.Millisecond)
	var wanted atomic.Int64
	q.setShape(func() int { return int(wanted.Add(1)%7) + 1 })
	rounds := int64(0)
	for ; wanted.Load() < 5; rounds++ {
		appendRounds(t, q, 50, rounds, rounds+1)
		e.until("the queue is short", func() bool { return q.Snapshot().Queued < 5000 })
	}
	e.until("all delivered", func() bool { return q.Snapshot().Queued == 0 })
	different, repeated, disordered := e.samples()
	require.Equal(t, [3]int{int(rounds) * 50, 0, 0}, [3]int{different, repeated, disordered})
}

func TestDamageIsBookedAndSkipped(t *testing.T) {
	e := newEndpoint(t)
	e.status(http.StatusInternalServerError)
	s := settings(t, e)
	q := open(t, s)
	appendRounds(t, q, 50, 0, 40)
	require.NoError(t, q.Shutdown(context.Background()))
	damage(t, s.Log.Directory)
	e.answers(nil)
	again := open(t, s)
	e.until("the rest is delivered", func() bool { return again.Snapshot().Queued == 0 })
	books := balanced(t, again)
	require.EqualValues(t, 2000, books.Recovered)
	require.Contains(t, []uint64{50, 100}, books.Dropped[ReasonCorrupt], "one frame, or two when the damage is on their border")
	require.Equal(t, 2000-books.Dropped[ReasonCorrupt], books.Delivered)
}

func TestTwoQueuesCannotShareALog(t *testing.T) {
	s := settings(t, newEndpoint(t))
	open(t, s)
	_, err := Open(s)
	require.ErrorIs(t, err, wal.ErrLocked)
	require.ErrorContains(t, err, s.Log.Directory)
}

func (q *Queue) setReshardEvery(d time.Duration) { q.reshardEvery.Store(int64(d)) }

func (q *Queue) setShape(shape func() int) { q.shape.Store(&shape) }
