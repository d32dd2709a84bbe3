package delivery

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/internal/wal"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/write"
)

func metadataItems(all ...record.Metadata) (items []byte) {
	for i := range all {
		items = record.AppendMetadata(items, &all[i])
	}
	return items
}

// Everything that is said of a family is sent once an interval. Where a sample came with nothing, nothing is sent.
func TestMetadataAreSentOnceAnInterval(t *testing.T) {
	counter := record.Metadata{Type: record.Counter, Family: "requests_total", Help: "Requests."}
	renewed := record.Metadata{Type: record.Counter, Family: "requests_total", Help: "Requests served."}
	helped := record.Metadata{Family: "temperature", Help: "In degrees."}
	unknown := record.Metadata{Family: "unknown"}
	q := &Queue{metadata: newMetadata(), set: Settings{MetadataInterval: time.Minute}}
	q.metadata.note(raw(t, record.Metadata{Family: "undescribed"}))
	q.metadata.note(raw(t, helped))
	q.Describe(metadataItems(counter, unknown, counter, renewed, helped))
	q.Describe(nil)
	q.Describe([]byte("damaged"))
	require.Equal(t, []record.Metadata{helped, counter, unknown, renewed}, q.metadata.take())
	require.Empty(t, q.metadata.take())
	q.Describe(metadataItems(counter))
	require.Equal(t, []record.Metadata{counter}, q.metadata.take())
}

func raw(t *testing.T, m record.Metadata) []byte {
	t.Helper()
	items := record.Items(metadataItems(m))
	item, ok, err := items.Next()
	require.NoError(t, err)
	require.True(t, ok)
	return item.Raw
}

// families makes a payload of so many, each with a sample and a kilobyte of help.
func families(n int) wal.Payload {
	var all []any
	for i := range n {
		name := fmt.Sprintf("family_%03d", i)
		all = append(all, &record.Metadata{Type: record.Counter, Family: name, Help: strings.Repeat("h", 1000)}, sampleOf(name, 1))
	}
	return payloadOf(all...)
}

// metadataPoster answers requests of metadata alone.
func metadataPoster(answer func(families, bytes int) int) posterFunc {
	return func(_ context.Context, _ http.Header, body []byte) send.Answer {
		var request prompb.WriteRequest
		raw, err := snappy.Decode(nil, body)
		if err != nil || request.Unmarshal(raw) != nil {
			return send.Answer{Status: http.StatusBadRequest}
		}
		if len(request.Metadata) == 0 {
			return send.Answer{Status: http.StatusNoContent}
		}
		return send.Answer{Status: answer(len(request.Metadata), len(raw))}
	}
}

// described opens a queue that sends metadata soon, and appends a hundred families.
func described(t *testing.T, poster Poster, change func(*Settings)) *Queue {
	s := settings(t, poster)
	s.MetadataInterval, s.MetadataPerSend, s.MaxRequestBytes = 20*time.Millisecond, 2000, 16<<10
	if change != nil {
		change(&s)
	}
	q := open(t, s)
	require.NoError(t, q.Append([]wal.Payload{families(100)}))
	require.Eventually(t, func() bool { return q.Snapshot().Delivered == 100 }, 20*time.Second, time.Millisecond)
	return q
}

func TestMetadataRequestsAreSmallEnough(t *testing.T) {
	var largest atomic.Int64
	q := described(t, metadataPoster(func(_, bytes int) int {
		largest.Store(max(largest.Load(), int64(bytes)))
		return http.StatusOK
	}), nil)
	require.Eventually(t, func() bool { return q.Snapshot().Metadata == 100 }, 20*time.Second, time.Millisecond)
	require.LessOrEqual(t, largest.Load(), int64(16<<10))
	require.Greater(t, largest.Load(), int64(10<<10))
}

func TestMetadataThatAreTooLargeForTheEndpointAreHalved(t *testing.T) {
	q := described(t, metadataPoster(func(families, _ int) int {
		if families > 3 {
			return http.StatusRequestEntityTooLarge
		}
		return http.StatusOK
	}), nil)
	require.Eventually(t, func() bool { return q.Snapshot().Metadata == 100 }, 20*time.Second, time.Millisecond)
}

func TestMetadataThatAreNotTakenAreToldOf(t *testing.T) {
	core, logs := observer.New(zap.WarnLevel)
	var requests atomic.Int64
	described(t, metadataPoster(func(int, int) int {
		requests.Add(1)
		return http.StatusUnprocessableEntity
	}), func(s *Settings) { s.Logger = zap.New(core) })
	require.Eventually(t, func() bool { return requests.Load() > 5 }, 20*time.Second, time.Millisecond)
	told := logs.FilterMessageSnippet("type, help and unit")
	require.Equal(t, 1, told.Len(), "not per request")
	require.Contains(t, told.All()[0].ContextMap()["error"], "422")
}

// What nobody will send is not kept.
func TestMetadataAreKeptOnlyWhenTheyAreSent(t *testing.T) {
	e := newEndpoint(t)
	for name, change := range map[string]func(*Settings){
		"send: false": func(s *Settings) { s.MetadataInterval = 0 },
		"2.0": func(s *Settings) {
			s.Protocol, s.Poster = write.V2, &describing{atOnce: 1000, helps: map[string]string{}}
		},
	} {
		q := described(t, e, change)
		q.Describe(metadataItems(record.Metadata{Family: "f", Help: "Of f."}))
		require.Empty(t, q.metadata.seen, name)
	}
	m := newMetadata()
	for i := range 11 {
		m.note(raw(t, record.Metadata{Family: fmt.Sprint(i), Help: strings.Repeat("h", maxMetadataBytes/10)}))
	}
	require.Len(t, m.seen, 9)
	m.take()
	m.note(raw(t, record.Metadata{Family: "f", Help: "Of f."}))
	require.Len(t, m.seen, 1)
}

func TestAStopDoesNotWaitForMetadata(t *testing.T) {
	hangs := make(chan struct{})
	q := described(t, posterFunc(func(ctx context.Context, header http.Header, body []byte) send.Answer {
		answer := metadataPoster(func(int, int) int { return 0 })(ctx, header, body)
		if answer.Status == 0 {
			close(hangs)
			<-ctx.Done()
			return send.Answer{Err: ctx.Err()}
		}
		return answer
	}), func(s *Settings) { s.FlushDeadline = time.Hour })
	<-hangs
	require.NoError(t, q.Shutdown(context.Background()))
}
