package delivery

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/internal/wal"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/write"
)

// thousand opens a queue whose batches are of a thousand samples, and appends one of each of so many series.
func thousand(t *testing.T, e *endpoint) *Queue {
	s := settings(t, e)
	s.MaxSamplesPerSend, s.Capacity, s.AuthProbeInterval = 1000, 1000, time.Millisecond
	q := open(t, s)
	require.NoError(t, q.Append([]wal.Payload{samplesOf(1000, 1)}))
	return q
}

// number is that of a series of samplesOf.
func number(t *testing.T, series *prompb.TimeSeries) int {
	n, err := strconv.Atoi(strings.TrimPrefix(series.Labels[0].Value, "series_"))
	require.NoError(t, err)
	return n
}

// However many series are refused, the others are not lost with them, from an endpoint that keeps nothing of a request it refuses.
func TestRefusedSeriesCostOnlyThemselves(t *testing.T) {
	for _, every := range []int{200, 100, 25, 10} {
		t.Run(fmt.Sprint("one of ", every), func(t *testing.T) {
			e := newEndpoint(t)
			e.answers(func(_ int, request *prompb.WriteRequest) send.Answer {
				for i := range request.Timeseries {
					if number(t, &request.Timeseries[i])%every == every/2 {
						return send.Answer{Status: http.StatusBadRequest}
					}
				}
				return send.Answer{Status: http.StatusNoContent}
			})
			q := thousand(t, e)
			e.until("all decided", func() bool { return q.Snapshot().Queued == 0 })
			require.EqualValues(t, 1000-1000/every, balanced(t, q).Delivered)
			require.LessOrEqual(t, e.count(), 2*maxCuts+1)
			t.Logf("%d requests", e.count())
		})
	}
}

// What can still be halved is not dropped as too large because others were refused.
func TestTooLargeIsHalvedBesideWhatIsRefused(t *testing.T) {
	e := newEndpoint(t)
	e.answers(func(_ int, request *prompb.WriteRequest) send.Answer {
		switch last := number(t, &request.Timeseries[0]); {
		case last < 500:
			return send.Answer{Status: http.StatusBadRequest}
		case len(request.Timeseries) > 2:
			return send.Answer{Status: http.StatusRequestEntityTooLarge}
		}
		return send.Answer{Status: http.StatusNoContent}
	})
	q := thousand(t, e)
	e.until("all decided", func() bool { return q.Snapshot().Queued == 0 })
	require.EqualValues(t, 500, balanced(t, q).Delivered)
	require.Equal(t, map[string]uint64{send.ReasonRefused: 500}, q.Snapshot().Dropped)
}

// A sample that cannot be encoded is found without asking the endpoint.
func TestAMalformedSampleCostsOnlyItself(t *testing.T) {
	e := newEndpoint(t)
	s := settings(t, e)
	s.MaxSamplesPerSend, s.Capacity = 1000, 1000
	q := open(t, s)
	var all []any
	for i := range 1000 {
		all = append(all, sampleOf(fmt.Sprintf("series_%03d", i), 1))
	}
	all[333].(*record.Sample).Labels = []byte("labels")
	require.NoError(t, q.Append([]wal.Payload{payloadOf(all...)}))
	e.until("all decided", func() bool { return q.Snapshot().Queued == 0 })
	require.EqualValues(t, 999, balanced(t, q).Delivered)
	require.Equal(t, map[string]uint64{ReasonCorrupt: 1}, q.Snapshot().Dropped)
	require.LessOrEqual(t, e.count(), 10, "the halves that are well")
}

// describing is an endpoint that takes remote write 2.0, so many series at once, and keeps what is said of each.
type describing struct {
	atOnce int
	mu     sync.Mutex
	helps  map[string]string
}

func (e *describing) Post(_ context.Context, _ http.Header, body []byte) send.Answer {
	raw, err := snappy.Decode(nil, body)
	var r writev2.Request
	if err != nil || r.Unmarshal(raw) != nil {
		return send.Answer{Status: http.StatusBadRequest}
	}
	if len(r.Timeseries) > e.atOnce {
		return send.Answer{Status: http.StatusRequestEntityTooLarge}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, s := range r.Timeseries {
		e.helps[r.Symbols[s.LabelsRefs[1]]] = r.Symbols[s.Metadata.HelpRef]
	}
	return send.Answer{Status: http.StatusOK, Header: http.Header{"X-Prometheus-Remote-Write-Samples-Written": {fmt.Sprint(len(r.Timeseries))}}}
}

// The parts of a batch have the metadata that stand before them in it; a frame begins without any.
func TestPartsKeepTheirMetadata(t *testing.T) {
	for _, atOnce := range []int{10, 3, 1} {
		e := &describing{atOnce: atOnce, helps: map[string]string{}}
		s := settings(t, e)
		s.Protocol = write.V2
		q := open(t, s)
		require.NoError(t, q.Append([]wal.Payload{
			payloadOf(
				&record.Metadata{Type: record.Counter, Family: "f", Help: "of f"},
				sampleOf("f1", 1), sampleOf("f2", 1), sampleOf("f3", 1),
				&record.Metadata{Family: "g", Help: "of g"},
				sampleOf("g1", 1), sampleOf("g2", 1),
			),
			payloadOf(sampleOf("h1", 1), sampleOf("h2", 1)),
		}))
		require.Eventually(t, func() bool { return q.Snapshot().Delivered == 7 }, 20*time.Second, time.Millisecond)
		require.Equal(t, map[string]string{
			"f1": "of f", "f2": "of f", "f3": "of f", "g1": "of g", "g2": "of g", "h1": "", "h2": "",
		}, e.helps, "%d at once", atOnce)
	}
}

func TestMalformedMetadataCostNoSamples(t *testing.T) {
	e := &describing{atOnce: 1, helps: map[string]string{}}
	s := settings(t, e)
	s.Protocol = write.V2
	q := open(t, s)
	p := payloadOf(sampleOf("a", 1), sampleOf("b", 1))
	p.Data = append([]byte{p.Data[0], byte(record.Meta), 3, 'b', 'a', 'd'}, p.Data[1:]...)
	require.NoError(t, q.Append([]wal.Payload{p}))
	require.Eventually(t, func() bool { return q.Snapshot().Delivered == 2 }, 20*time.Second, time.Millisecond)
}
