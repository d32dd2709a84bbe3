package delivery

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/internal/wal"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/write"
)

// endpoint is a remote-write endpoint without the network, made up for faults: it keeps what it takes.
type endpoint struct {
	t *testing.T

	mu       sync.Mutex
	answer   func(n int, request *prompb.WriteRequest) send.Answer // nil: takes everything
	requests int
	series   map[string][]int64 // timestamps in the order they came, repeated ones too
	changed  chan struct{}
}

func newEndpoint(t *testing.T) *endpoint {
	return &endpoint{t: t, series: map[string][]int64{}, changed: make(chan struct{}, 1)}
}

func (e *endpoint) Post(_ context.Context, _ http.Header, body []byte) send.Answer {
	raw, err := snappy.Decode(nil, body)
	if err != nil {
		return send.Answer{Err: err}
	}
	var request prompb.WriteRequest
	if err := request.Unmarshal(raw); err != nil {
		return send.Answer{Err: err}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	defer func() {
		select {
		case e.changed <- struct{}{}:
		default:
		}
	}()
	answer := send.Answer{Status: http.StatusNoContent}
	if e.answer != nil {
		answer = e.answer(e.requests, &request)
	}
	e.requests++
	if answer.Status/100 == 2 {
		e.keep(&request)
	}
	return answer
}

func (e *endpoint) keep(request *prompb.WriteRequest) {
	for _, series := range request.Timeseries {
		name := series.Labels[0].Value
		for _, sample := range series.Samples {
			e.series[name] = append(e.series[name], sample.Timestamp)
		}
	}
}

func (e *endpoint) answers(answer func(n int, request *prompb.WriteRequest) send.Answer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answer = answer
}

func (e *endpoint) status(status int) {
	e.answers(func(int, *prompb.WriteRequest) send.Answer { return send.Answer{Status: status, Body: "because"} })
}

// until waits for a condition of the endpoint, which holds after a request.
func (e *endpoint) until(what string, condition func() bool) {
	e.t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	for !condition() {
		select {
		case <-e.changed:
		case <-poll.C:
		case <-deadline.C:
			require.FailNow(e.t, "waited in vain", what)
		}
	}
}

// samples returns how many different samples arrived, how many more than once, and how many behind a newer one of their
// series that is not a repetition.
func (e *endpoint) samples() (different, repeated, disordered int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, timestamps := range e.series {
		seen, newest := map[int64]bool{}, int64(math.MinInt64)
		for _, ts := range timestamps {
			switch {
			case seen[ts]:
				repeated++
			case ts < newest:
				disordered++
			default:
				different++
			}
			seen[ts], newest = true, max(newest, ts)
		}
	}
	return different, repeated, disordered
}

func (e *endpoint) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.requests
}

// settings are quick ones.
func settings(t *testing.T, poster Poster) Settings {
	return Settings{
		Log: wal.Settings{Directory: t.TempDir()}, Poster: poster, Protocol: write.V1,
		Logger: zaptest.NewLogger(t, zaptest.Level(zap.ErrorLevel)), Status: func(error) {},
		DropOldest: true, MinShards: 1, MaxShards: 8, MaxSamplesPerSend: 10, MaxRequestBytes: 1 << 20, Capacity: 20,
		BatchSendDeadline: 10 * time.Millisecond, MinBackoff: time.Millisecond, MaxBackoff: 5 * time.Millisecond,
		FlushDeadline: 10 * time.Second, AuthProbeInterval: time.Hour, Now: time.Now,
	}
}

// open opens a queue that is shut down with the test.
func open(t *testing.T, s Settings) *Queue {
	t.Helper()
	q, err := Open(s)
	require.NoError(t, err)
	t.Cleanup(func() {
		if !q.isStopping() {
			require.NoError(t, q.Shutdown(context.Background()))
		}
	})
	return q
}

// crash ends a queue as a kill does: nothing is flushed, what is in flight is not waited for.
func crash(t *testing.T, q *Queue) {
	t.Helper()
	close(q.stopping)
	q.cancel()
	q.running.Wait()
	q.closeLogs() // a killed process has no timers
	require.NoError(t, q.checkpoint.close())
	require.NoError(t, q.quarantine.close())
	require.NoError(t, q.log.Close())
}

// samplesOf makes a payload with one sample of each of n series.
func samplesOf(n int, timestamp int64) wal.Payload {
	all := make([]any, n)
	for i := range all {
		all[i] = sampleOf(fmt.Sprintf("series_%03d", i), timestamp)
	}
	return payloadOf(all...)
}

func sampleOf(name string, timestamp int64) *record.Sample {
	labels := record.AppendLabel(nil, "__name__", name)
	return &record.Sample{Kind: record.Float, Timestamp: timestamp, Value: 1, Labels: labels}
}

// payloadOf makes a payload of samples and metadata: each a *record.Sample or a *record.Metadata.
func payloadOf(all ...any) wal.Payload {
	var b record.Builder
	b.Reset()
	for _, one := range all {
		switch one := one.(type) {
		case *record.Sample:
			b.Add(one)
		case *record.Metadata:
			b.AddMetadata(one)
		}
	}
	return wal.Payload{Data: b.Bytes(), Count: b.Count()}
}

// appendRounds appends rounds of one sample of n series each, in frames of their own.
func appendRounds(t *testing.T, q *Queue, n int, from, to int64) {
	t.Helper()
	for ts := from; ts < to; ts++ {
		require.NoError(t, q.Append([]wal.Payload{samplesOf(n, ts)}))
	}
}

// balanced checks the books, and that what was delivered is what the endpoint has.
func balanced(t *testing.T, q *Queue) Snapshot {
	t.Helper()
	s := q.Snapshot()
	dropped := uint64(0)
	for _, n := range s.Dropped {
		dropped += n
	}
	require.Equal(t, s.Accepted+s.Recovered, s.Delivered+dropped+s.Queued, "%+v", s)
	return s
}
