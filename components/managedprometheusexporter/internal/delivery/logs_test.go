package delivery

import (
	"context"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"
)

// logged adds up the dropped samples that a log has, by reason.
func logged(lines *observer.ObservedLogs) map[string]uint64 {
	sums := map[string]uint64{}
	for _, line := range lines.FilterMessage("Samples dropped").All() {
		fields := line.ContextMap()
		sums[fields["reason"].(string)] += fields["samples"].(uint64)
	}
	return sums
}

// A burst that is over is in the log whole, though nothing is dropped any more.
func TestEveryDroppedSampleIsLoggedByTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		core, lines := observer.New(zap.InfoLevel)
		log := newDropLog(zap.New(core))
		for range 12_120 {
			log.add("refused", 1, "400 Bad Request: out of order", "")
		}
		require.Equal(t, map[string]uint64{"refused": 1}, logged(lines))
		time.Sleep(logEvery)
		synctest.Wait()
		require.Equal(t, map[string]uint64{"refused": 12_120}, logged(lines))
		require.Equal(t, DropRemedies["refused"], lines.All()[1].ContextMap()["remedy"])
		log.sums.Close()
		require.Equal(t, 2, lines.Len())
	})
}

// Whatever samples are dropped for, and whenever the queue stops, the log has as many as the counters.
func TestTheLogHasWhatTheCountersHave(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	e := newEndpoint(t)
	core, lines := observer.New(zap.InfoLevel)
	s := settings(t, e)
	s.Logger, s.MinShards, s.SampleAgeLimit, s.Log.MaxSize = zap.New(core), 2, time.Hour, 128<<10
	directory := s.Log.Directory
	q := open(t, s)
	now := time.Now().UnixMilli()
	e.answers(func(_ int, request *prompb.WriteRequest) send.Answer {
		for _, series := range request.Timeseries {
			if status := map[string]int{"series_000": 400, "series_001": 413, "series_002": 422}[series.Labels[0].Value]; status != 0 {
				return send.Answer{Status: status, Body: "because"}
			}
		}
		return send.Answer{Status: http.StatusNoContent}
	})
	appendRounds(t, q, 50, now, now+10)
	appendRounds(t, q, 10, now-2*time.Hour.Milliseconds(), now-2*time.Hour.Milliseconds()+3)
	e.until("everything is decided", func() bool { return q.Snapshot().Queued == 0 })
	e.status(http.StatusServiceUnavailable)
	for ts := now + 100; q.Snapshot().Dropped[ReasonWALFull] == 0 || random.IntN(50) > 0; ts++ {
		appendRounds(t, q, 50, ts, ts+1)
	}
	require.NoError(t, q.Shutdown(context.Background()))
	dropped := balanced(t, q).Dropped
	for _, reason := range []string{"refused", "too_large", "rejected", ReasonTooOld, ReasonWALFull} {
		require.NotZero(t, dropped[reason], reason)
	}
	require.Equal(t, dropped, logged(lines))

	// Damage, found by the next start.
	damage(t, directory)
	next, lines := observer.New(zap.InfoLevel)
	s.Logger = zap.New(next)
	q = open(t, s)
	e.answers(nil)
	e.until("everything is decided", func() bool { return q.Snapshot().Queued == 0 })
	require.NoError(t, q.Shutdown(context.Background()))
	dropped = q.Snapshot().Dropped
	require.NotZero(t, dropped[ReasonCorrupt])
	require.Equal(t, dropped, logged(lines))
}

// What is too large alone is not helped by what helps a request.
func TestRemedyOfASampleThatIsTooLarge(t *testing.T) {
	e := newEndpoint(t)
	e.answers(func(_ int, request *prompb.WriteRequest) send.Answer {
		if request.Timeseries[0].Labels[0].Value == "series_000" {
			return send.Answer{Status: http.StatusRequestEntityTooLarge, Body: "because"}
		}
		return send.Answer{Status: http.StatusNoContent}
	})
	core, lines := observer.New(zap.InfoLevel)
	s := settings(t, e)
	s.Logger = zap.New(core)
	q := open(t, s)
	appendRounds(t, q, 3, 0, 1)
	e.until("it is dropped", func() bool { return q.Snapshot().Dropped[send.ReasonTooLarge] == 1 })
	line := lines.FilterMessage("Samples dropped").All()[0].ContextMap()
	require.Contains(t, line["remedy"], "shorten the labels of the series")
	require.Equal(t, "413 Request Entity Too Large: because", line["detail"])
}

// damage changes some bytes in the middle of the newest segment of a log.
func damage(t *testing.T, directory string) {
	t.Helper()
	segments, err := filepath.Glob(filepath.Join(directory, "*.wal"))
	require.NoError(t, err)
	newest := segments[len(segments)-1]
	content, err := os.ReadFile(newest)
	require.NoError(t, err)
	for i := range 16 {
		content[len(content)/2+i] ^= 0xff
	}
	require.NoError(t, os.WriteFile(newest, content, 0o600))
}
