package delivery

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/internal/wal"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/write"
)

func loneOf(t *testing.T, name string, timestamp int64) *record.Sample {
	t.Helper()
	exemplars, err := (&prompb.TimeSeries{Exemplars: []prompb.Exemplar{{Value: 1, Timestamp: timestamp}}}).Marshal()
	require.NoError(t, err)
	return &record.Sample{Kind: record.LoneExemplars, Timestamp: timestamp, Labels: record.AppendLabel(nil, "__name__", name), Exemplars: exemplars}
}

// loneRounds makes a payload per round: samples of n series, and lone exemplars of every third of them behind.
func loneRounds(t *testing.T, n int, rounds int64) (all []wal.Payload, samples, lone uint64) {
	t.Helper()
	for at := range rounds {
		var items []any
		for i := range n {
			items = append(items, sampleOf(fmt.Sprintf("series_%03d", i), 10*at))
			samples++
		}
		for i := 0; i < n; i += 3 {
			items = append(items, loneOf(t, fmt.Sprintf("series_%03d", i), 10*at-1))
			lone++
		}
		all = append(all, payloadOf(items...))
	}
	return all, samples, lone
}

// requireInterleaved requires that the lone exemplars of each series came behind the sample that they follow in the log.
func requireInterleaved(t *testing.T, text string) {
	t.Helper()
	series, last := "", int64(-1)
	for line := range strings.Lines(text) {
		name, rest, _ := strings.Cut(line, "}")
		if name != series {
			series, last = name, -1
		}
		var bits uint64
		var value, at int64
		if n, _ := fmt.Sscanf(rest, " value=%x timestamp=%d", &bits, &at); n == 2 {
			require.Greater(t, at, last, line)
			last = at
			continue
		}
		n, err := fmt.Sscanf(rest, " exemplar=[{} value=%x timestamp=%d]", &value, &at)
		require.NoError(t, err, line)
		require.Equal(t, 2, n)
		require.Equal(t, last-1, at, line)
	}
}

func TestLoneExemplarsAreDeliveredInOrder(t *testing.T) {
	for name, protocol := range map[string]write.Protocol{"1.0": write.V1, "2.0": write.V2} {
		t.Run(name, func(t *testing.T) {
			e := &recorder{}
			s := settings(t, e)
			s.Protocol, s.MinShards = protocol, 3
			q := open(t, s)
			payloads, samples, lone := loneRounds(t, 30, 8)
			require.NoError(t, q.Append(payloads))
			newEndpoint(t).until("all delivered", func() bool { return q.Snapshot().Queued == 0 })
			books := balanced(t, q)
			require.Empty(t, books.Dropped)
			require.Equal(t, [3]uint64{samples + lone, lone, lone}, [3]uint64{books.Delivered, books.Lone, books.Exemplars})
			require.Equal(t, name, q.Protocol())
			text := e.text()
			require.EqualValues(t, samples, strings.Count(text, " value=3ff0000000000000 timestamp=")-strings.Count(text, " exemplar="))
			require.EqualValues(t, lone, strings.Count(text, " exemplar="))
			requireInterleaved(t, text)
		})
	}
}

// An endpoint that takes remote write 2.0 only costs the lone exemplars, and holds nothing up.
func TestLoneExemplarsThatOnly10CanCarry(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		reason string
	}{
		"unsupported": {http.StatusUnsupportedMediaType, send.ReasonRejected},
		"refused":     {http.StatusBadRequest, send.ReasonRefused},
	} {
		t.Run(name, func(t *testing.T) {
			e := &recorder{statusV1: test.status}
			s := settings(t, e)
			s.Protocol = write.V2
			q := open(t, s)
			payloads, samples, lone := loneRounds(t, 9, 4)
			require.NoError(t, q.Append(payloads))
			newEndpoint(t).until("all decided", func() bool { return q.Snapshot().Queued == 0 })
			books := balanced(t, q)
			require.Equal(t, samples, books.Delivered)
			require.Zero(t, books.Lone)
			require.Equal(t, map[string]uint64{test.reason: lone}, books.Dropped)
			require.Equal(t, "2.0", q.Protocol())
		})
	}
}

// That lone exemplars are accepted does not show that samples would be: where these are all rejected, none is dropped.
func TestLoneExemplarsDoNotVouchForSamples(t *testing.T) {
	for name, protocol := range map[string]write.Protocol{"1.0": write.V1, "2.0": write.V2} {
		t.Run(name, func(t *testing.T) {
			e := &recorder{noSamples: true}
			s := settings(t, e)
			s.Protocol, s.AuthProbeInterval = protocol, 20*time.Millisecond
			q := open(t, s)
			payloads, samples, lone := loneRounds(t, 6, 6)
			require.NoError(t, q.Append(payloads))
			wait := newEndpoint(t)
			wait.until("the destination is blocked, and probed", func() bool {
				e.mu.Lock()
				defer e.mu.Unlock()
				return q.Health().Held && e.taken > 40
			})
			require.Empty(t, balanced(t, q).Dropped)
			e.mu.Lock()
			e.noSamples = false
			e.mu.Unlock()
			wait.until("all delivered", func() bool { return q.Snapshot().Queued == 0 })
			books := balanced(t, q)
			require.Empty(t, books.Dropped)
			require.Equal(t, [2]uint64{samples + lone, lone}, [2]uint64{books.Delivered, books.Lone})
			require.False(t, q.Health().Held)
		})
	}
}

// An endpoint that rejects all lone exemplars costs a bounded number of requests for each batch.
func TestRejectedLoneExemplarsCostFewRequests(t *testing.T) {
	e := &recorder{statusV1: http.StatusBadRequest}
	s := settings(t, e)
	s.Protocol, s.MaxSamplesPerSend, s.Capacity = write.V2, 1000, 1000
	q := open(t, s)
	var items []any
	for i := range 1000 {
		items = append(items, loneOf(t, fmt.Sprintf("series_%03d", i), 1))
	}
	require.NoError(t, q.Append([]wal.Payload{payloadOf(items...)}))
	newEndpoint(t).until("all decided", func() bool { return q.Snapshot().Queued == 0 })
	require.Equal(t, map[string]uint64{send.ReasonRefused: 1000}, balanced(t, q).Dropped)
	require.LessOrEqual(t, e.rejected, 2*maxLoneCuts+1)
	require.False(t, q.Health().Held)
}

// A crash repeats one request of each shard at most, also where lone exemplars are requests of their own.
func TestCrashesWithLoneExemplarsRepeatOneRequestPerShard(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	e := &recorder{}
	s := settings(t, e)
	s.Protocol, s.MinShards, s.MaxSamplesPerSend = write.V2, 3, 7
	payloads, samples, lone := loneRounds(t, 20, 30)
	q := open(t, s)
	require.NoError(t, q.Append(payloads))
	const crashes = 8
	for range crashes {
		e.mu.Lock()
		e.limit = e.taken + random.IntN(12)
		limit := e.limit
		e.mu.Unlock()
		newEndpoint(t).until("the endpoint is unavailable", func() bool {
			e.mu.Lock()
			defer e.mu.Unlock()
			return e.taken > limit
		})
		crash(t, q)
		q = open(t, s)
	}
	e.mu.Lock()
	e.limit = 0
	e.mu.Unlock()
	newEndpoint(t).until("all delivered", func() bool { return q.Snapshot().Queued == 0 })
	require.Empty(t, balanced(t, q).Dropped)
	lines := map[string]int{}
	for line := range strings.Lines(e.text()) {
		lines[line]++
	}
	require.Len(t, lines, int(samples+lone))
	repeated := len(e.lines) - len(lines)
	require.LessOrEqual(t, repeated, crashes*3*s.MaxSamplesPerSend)
}
