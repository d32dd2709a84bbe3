package delivery

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/msp-collector/msp-collector/components/internal/wal"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/write"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEverythingArrivesInOrder(t *testing.T) {
	e := newEndpoint(t)
	s := settings(t, e)
	s.MinShards = 4
	q := open(t, s)
	appendRounds(t, q, 50, 0, 40)
	e.until("all delivered", func() bool { return q.Snapshot().Delivered == 2000 })
	different, repeated, disordered := e.samples()
	require.Equal(t, [3]int{2000, 0, 0}, [3]int{different, repeated, disordered})
	require.Zero(t, balanced(t, q).Queued)
}

func TestAnOutageCostsDiskOnly(t *testing.T) {
	e := newEndpoint(t)
	e.status(http.StatusServiceUnavailable)
	q := open(t, settings(t, e))
	appendRounds(t, q, 50, 0, 100)
	e.until("some attempts", func() bool { return e.count() > 5 })
	require.EqualValues(t, 5000, balanced(t, q).Queued)
	e.answers(nil)
	e.until("all delivered", func() bool { return q.Snapshot().Delivered == 5000 })
	different, repeated, disordered := e.samples()
	require.Equal(t, [3]int{5000, 0, 0}, [3]int{different, repeated, disordered})
}

func TestARefusedSampleIsFound(t *testing.T) {
	e := newEndpoint(t)
	e.answers(func(_ int, request *prompb.WriteRequest) send.Answer {
		for _, series := range request.Timeseries {
			if series.Labels[0].Value == "series_013" {
				return send.Answer{Status: http.StatusBadRequest, Body: "out of order sample"}
			}
		}
		return send.Answer{Status: http.StatusNoContent}
	})
	q := open(t, settings(t, e))
	appendRounds(t, q, 50, 0, 4)
	e.until("all decided", func() bool { return q.Snapshot().Queued == 0 })
	books := balanced(t, q)
	require.EqualValues(t, 196, books.Delivered)
	require.Equal(t, map[string]uint64{send.ReasonRefused: 4}, books.Dropped)
	_, repeated, disordered := e.samples()
	require.Zero(t, repeated+disordered)
}

// Answers that name the time of samples come from an endpoint that looks at them: what it rejects is dropped, also when that is
// everything, at the cost of a bounded number of requests.
func TestEverySampleOutOfOrderIsDropped(t *testing.T) {
	e := newEndpoint(t)
	e.answers(func(int, *prompb.WriteRequest) send.Answer {
		return send.Answer{Status: http.StatusBadRequest, Body: "out of order sample"}
	})
	s := settings(t, e)
	s.MaxSamplesPerSend, s.Capacity = 1000, 1000
	q := open(t, s)
	require.NoError(t, q.Append([]wal.Payload{samplesOf(1000, 1)}))
	e.until("all decided", func() bool { return q.Snapshot().Queued == 0 })
	require.EqualValues(t, 1000, balanced(t, q).Dropped[send.ReasonRefused])
	require.LessOrEqual(t, e.count(), 2*maxVainCuts+1)
	require.False(t, q.Health().Held)
}

func TestTooLargeIsHalvedAndSent(t *testing.T) {
	e := newEndpoint(t)
	e.answers(func(_ int, request *prompb.WriteRequest) send.Answer {
		if len(request.Timeseries) > 3 {
			return send.Answer{Status: http.StatusRequestEntityTooLarge}
		}
		return send.Answer{Status: http.StatusOK}
	})
	q := open(t, settings(t, e))
	appendRounds(t, q, 50, 0, 4)
	e.until("all delivered", func() bool { return q.Snapshot().Delivered == 200 })
	_, repeated, disordered := e.samples()
	require.Zero(t, repeated+disordered)
}

func TestARefusedKeyHoldsUntilThePairChanges(t *testing.T) {
	e := newEndpoint(t)
	e.status(http.StatusUnauthorized)
	var pair atomic.Pointer[chan struct{}]
	first := make(chan struct{})
	pair.Store(&first)
	var statuses atomic.Int32
	s := settings(t, e)
	s.MinShards = 4
	s.PairChanged = func() <-chan struct{} { return *pair.Load() }
	s.Status = func(err error) {
		if err != nil {
			statuses.Add(1)
		}
	}
	q := open(t, s)
	appendRounds(t, q, 50, 0, 10)
	e.until("held", func() bool { return q.Health().Held })
	require.EqualValues(t, 1, statuses.Load())
	require.LessOrEqual(t, e.count(), 4, "no shard sends while held")
	refused := e.count()

	second := make(chan struct{})
	pair.Store(&second)
	close(first)
	e.until("one probe", func() bool { return e.count() == refused+1 })
	require.True(t, q.Health().Held, "the new pair is refused too")
	require.EqualValues(t, 500, balanced(t, q).Queued)

	e.answers(nil)
	close(second)
	e.until("all delivered", func() bool { return q.Snapshot().Delivered == 500 })
	_, repeated, disordered := e.samples()
	require.Zero(t, repeated+disordered)
	require.False(t, q.Health().Held)
}

func TestAHeldDestinationIsProbed(t *testing.T) {
	e := newEndpoint(t)
	e.answers(func(n int, _ *prompb.WriteRequest) send.Answer {
		if n < 4 {
			return send.Answer{Status: http.StatusNotFound}
		}
		return send.Answer{Status: http.StatusOK}
	})
	s := settings(t, e)
	s.AuthProbeInterval = 10 * time.Millisecond
	q := open(t, s)
	require.NoError(t, q.Append([]wal.Payload{samplesOf(10, 1)}))
	e.until("all delivered", func() bool { return q.Snapshot().Delivered == 10 })
	require.Equal(t, 5, e.count())
}

func TestAFullLogDropsItsOldest(t *testing.T) {
	e := newEndpoint(t)
	e.status(http.StatusInternalServerError)
	s := settings(t, e)
	s.Log.MaxSize = 64 << 10
	q := open(t, s)
	appendRounds(t, q, 50, 0, 500)
	books := balanced(t, q)
	require.NotZero(t, books.Dropped[ReasonWALFull])
	require.LessOrEqual(t, q.Bytes(), int64(64<<10))
	e.answers(nil)
	e.until("the rest is delivered", func() bool { return q.Snapshot().Queued == 0 })
	books = balanced(t, q)
	require.Equal(t, uint64(25_000), books.Delivered+books.Dropped[ReasonWALFull])
	different, repeated, disordered := e.samples()
	require.Equal(t, [3]int{int(books.Delivered), 0, 0}, [3]int{different, repeated, disordered})
	require.EqualValues(t, 499, e.series["series_000"][len(e.series["series_000"])-1], "the newest arrive")
}

func TestAFullLogRefuses(t *testing.T) {
	e := newEndpoint(t)
	e.status(http.StatusInternalServerError)
	s := settings(t, e)
	s.DropOldest, s.Log.MaxSize = false, 64<<10
	q := open(t, s)
	accepted := 0
	var err error
	for ts := int64(0); err == nil; ts++ {
		if err = q.Append([]wal.Payload{samplesOf(50, ts)}); err == nil {
			accepted += 50
		}
	}
	require.ErrorIs(t, err, wal.ErrFull)
	require.EqualValues(t, accepted, balanced(t, q).Queued)
	e.answers(nil)
	e.until("all delivered", func() bool { return q.Snapshot().Delivered == uint64(accepted) })
	e.until("there is room again", func() bool { return q.Append([]wal.Payload{samplesOf(50, 1<<40)}) == nil })
}

func TestTooOldIsNotSent(t *testing.T) {
	e := newEndpoint(t)
	s := settings(t, e)
	now := time.UnixMilli(1_000_000)
	s.Now, s.SampleAgeLimit = func() time.Time { return now }, time.Minute
	q := open(t, s)
	appendRounds(t, q, 10, 900_000, 900_003)
	appendRounds(t, q, 10, 999_000, 999_002)
	e.until("all decided", func() bool { return q.Snapshot().Queued == 0 })
	books := balanced(t, q)
	require.EqualValues(t, 20, books.Delivered)
	require.Equal(t, map[string]uint64{ReasonTooOld: 30}, books.Dropped)
}

// What is too old is left out wherever in a request it is.
func TestTooOldIsNotSentBesideWhatIsNot(t *testing.T) {
	e := newEndpoint(t)
	s := settings(t, e)
	now := time.UnixMilli(1_000_000)
	s.Now, s.SampleAgeLimit = func() time.Time { return now }, time.Minute
	q := open(t, s)
	require.NoError(t, q.Append([]wal.Payload{payloadOf(
		sampleOf("young", 999_000), sampleOf("old", 1), sampleOf("old", 939_999), sampleOf("young", 999_500), sampleOf("old", 3),
	)}))
	e.until("all decided", func() bool { return q.Snapshot().Queued == 0 })
	require.EqualValues(t, 2, balanced(t, q).Delivered)
	require.Equal(t, map[string]uint64{ReasonTooOld: 3}, balanced(t, q).Dropped)
	require.Equal(t, map[string][]int64{"young": {999_000, 999_500}}, e.series)
	require.Equal(t, 1, e.count())
}

// A clock that is set back makes samples look new, never old, and changes nothing about their order.
func TestAClockSetBack(t *testing.T) {
	e := newEndpoint(t)
	s := settings(t, e)
	var now atomic.Int64
	now.Store(10_000_000)
	s.Now, s.SampleAgeLimit = func() time.Time { return time.UnixMilli(now.Load()) }, time.Minute
	q := open(t, s)
	appendRounds(t, q, 10, 9_999_990, 10_000_000)
	e.until("delivered", func() bool { return q.Snapshot().Delivered == 100 })
	now.Store(1_000_000)
	appendRounds(t, q, 10, 10_000_000, 10_000_010) // made before the clock changed
	appendRounds(t, q, 10, 1_000_000, 1_000_005)   // and after
	e.until("all decided", func() bool { return q.Snapshot().Queued == 0 })
	require.EqualValues(t, 250, balanced(t, q).Delivered)
	require.Empty(t, balanced(t, q).Dropped)
}

// All shards learn at the same time that 2.0 is refused; none of them takes that for a refusal of 1.0.
func TestSeveralShardsFallBackTogether(t *testing.T) {
	e := newEndpoint(t)
	refusals := make(chan struct{})
	s := settings(t, posterFunc(func(ctx context.Context, header http.Header, body []byte) send.Answer {
		if header.Get("Content-Type") == write.V2.Headers().Get("Content-Type") {
			select {
			case refusals <- struct{}{}: // two at a time
			case <-refusals:
			}
			return send.Answer{Status: http.StatusUnsupportedMediaType}
		}
		return e.Post(ctx, header, body)
	}))
	s.Protocol, s.MinShards, s.MaxShards = write.V2, 2, 2
	q := open(t, s)
	appendRounds(t, q, 50, 0, 4)
	e.until("all delivered", func() bool { return q.Snapshot().Delivered == 200 })
}

type posterFunc func(context.Context, http.Header, []byte) send.Answer

func (f posterFunc) Post(ctx context.Context, header http.Header, body []byte) send.Answer {
	return f(ctx, header, body)
}
