package delivery

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/internal/wal"
)

// What people are shown follows an outage from its begin to its end.
func TestHealthOfAnOutage(t *testing.T) {
	e := newEndpoint(t)
	q := open(t, settings(t, e))
	require.Zero(t, q.Delay())
	require.True(t, q.Newest().IsZero())
	require.Nil(t, q.Answered())
	begin := time.Now().Add(-time.Hour).UnixMilli()
	appendRounds(t, q, 5, begin, begin+1)
	e.until("delivered", func() bool { return q.Snapshot().Delivered == 5 })
	e.until("nothing waits", func() bool { return q.Delay() == 0 })
	require.Equal(t, begin, q.Newest().UnixMilli())
	last := q.LastDelivery()
	require.Equal(t, begin, last.Timestamp)
	labels := record.LabelsOf(last.Labels)
	name, value, ok := labels.Next()
	require.True(t, ok)
	require.Equal(t, "__name__ series_004", string(name)+" "+string(value))
	require.Equal(t, Health{Since: q.Health().Since}, q.Health())

	e.status(http.StatusServiceUnavailable)
	appendRounds(t, q, 5, begin+1000, begin+1001)
	e.until("it fails", func() bool { return q.Health().Failing })
	require.Equal(t, "server_busy", q.Health().Finding.Reason)
	require.Equal(t, "server_busy", q.Answered().Finding.Reason)
	require.Equal(t, http.StatusServiceUnavailable, q.Answered().Status)
	require.InDelta(t, time.Hour, q.Delay(), float64(time.Minute))

	e.answers(nil)
	e.until("delivered", func() bool { return q.Snapshot().Delivered == 10 })
	e.until("it works", func() bool { return !q.Health().Failing && q.Delay() == 0 })
	require.Empty(t, q.Health().Finding)
	require.WithinDuration(t, time.Now(), q.Health().Since, time.Minute)
	require.Equal(t, begin+1000, q.Newest().UnixMilli())
}

// One line per change of state, whatever the answers say, and however many shards see them.
func TestTheLogHasOneLinePerChange(t *testing.T) {
	e := newEndpoint(t)
	e.status(http.StatusUnauthorized)
	core, logs := observer.New(zap.InfoLevel)
	s := settings(t, e)
	s.Logger, s.MinShards, s.AuthProbeInterval = zap.New(core), 4, time.Millisecond
	q := open(t, s)
	appendRounds(t, q, 50, 0, 4)
	e.until("probes", func() bool { return e.count() > 20 })
	e.answers(nil)
	e.until("delivered", func() bool { return q.Snapshot().Delivered == 200 })
	e.until("it is logged", func() bool { return logs.FilterMessage(caughtUp).Len() == 1 })
	all := logs.All()
	require.Len(t, all, 3)
	fields := all[0].ContextMap()
	require.Equal(t, "source_not_allowed", fields["reason"], "the test's endpoint gets no pair")
	require.NotEmpty(t, fields["cause"])
	require.NotEmpty(t, fields["remedy"])
	require.Equal(t, "401 Unauthorized: because", fields["answer"])
	require.Equal(t, works, all[1].Message)
	require.EqualValues(t, all[1].ContextMap()["queued_samples"], all[2].ContextMap()["samples"])
}

// A full log refuses until some of it was delivered, and not until somebody has tried: readiness takes senders away.
func TestRefusingEndsByItself(t *testing.T) {
	e := newEndpoint(t)
	e.status(http.StatusInternalServerError)
	s := settings(t, e)
	s.DropOldest, s.Log.MaxSize = false, 64<<10
	q := open(t, s)
	var err error
	for ts := int64(0); err == nil; ts++ {
		require.NoError(t, q.Refusing())
		err = q.Append([]wal.Payload{samplesOf(50, ts)})
	}
	require.ErrorIs(t, q.Refusing(), wal.ErrFull)
	require.ErrorContains(t, q.Refusing(), "raise wal::max_size")
	require.NoError(t, q.Append(nil)) // as a request of metadata alone, or one that is filtered, is
	require.ErrorIs(t, q.Refusing(), wal.ErrFull, "nothing was appended that could show room")
	require.ErrorIs(t, q.Append([]wal.Payload{{Data: noise(64 << 10), Count: 1}}), wal.ErrTooLarge)
	require.ErrorIs(t, q.Refusing(), wal.ErrFull)
	e.answers(nil)
	e.until("there is room", func() bool { return q.Refusing() == nil })
}

func TestADiskThatFailedIsTriedAgain(t *testing.T) {
	s, now := newSeen(), time.Now()
	s.append(syscall.EIO, 100, now)
	require.ErrorIs(t, s.refusing(100, now.Add(remembersFor/2)), syscall.EIO)
	require.NoError(t, s.refusing(100, now.Add(remembersFor)), "it may be well again")
	s.append(syscall.EIO, 100, now)
	s.append(nil, 100, now)
	require.NoError(t, s.refusing(100, now), "it is well again")
	s.append(errors.Join(wal.ErrTooLarge), 100, now)
	require.NoError(t, s.refusing(100, now), "that is the sample's fault")
}

// noise is not to be compressed.
func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(b)
	return b
}
