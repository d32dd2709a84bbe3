package harness

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
)

// otlpReceiver notes the batches it acknowledges. Each request is answered as decide says of its number: 0 resets.
type otlpReceiver struct {
	mu      sync.Mutex
	seen    int
	decide  func(n int) int
	batches []pmetricotlp.ExportRequest
}

func (o *otlpReceiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	o.mu.Lock()
	defer o.mu.Unlock()
	status := o.decide(o.seen)
	if o.seen++; status == 0 {
		connection, _, _ := http.NewResponseController(w).Hijack()
		Reset(connection.(*net.TCPConn), Answer{}, nil)
		return
	}
	if status == http.StatusOK {
		batch := pmetricotlp.NewExportRequest()
		if err := batch.UnmarshalProto(body); err != nil {
			status = http.StatusBadRequest
		}
		o.batches = append(o.batches, batch)
	}
	w.WriteHeader(status)
}

func TestPushLeavesNoGapsAndBooksEveryAttempt(t *testing.T) {
	receiver := &otlpReceiver{decide: func(n int) int {
		switch n {
		case 1:
			return http.StatusServiceUnavailable
		case 3:
			return 0
		}
		return http.StatusOK
	}}
	server := httptest.NewServer(receiver)
	t.Cleanup(server.Close)

	push := StartPush(t.Context(), server.URL, 3, 0)
	require.NoError(t, Until(t.Context(), "five batches are acknowledged", func(context.Context) error {
		if push.Sent().Acknowledged < 15 {
			return errors.New("not yet")
		}
		return nil
	}))
	sent, err := push.Finish(t.Context())
	require.NoError(t, err)
	receiver.mu.Lock()
	defer receiver.mu.Unlock()
	assert.Equal(t, uint64(3), sent.Refused)
	assert.Equal(t, uint64(3), sent.Ambiguous)
	assert.Equal(t, http.StatusText(http.StatusServiceUnavailable), sent.LastRefusal)
	requireWithoutGaps(t, receiver.batches)
	assert.Zero(t, sent.Pending)
	assert.Len(t, receiver.batches, int(sent.Acknowledged/3))
}

func requireWithoutGaps(t *testing.T, batches []pmetricotlp.ExportRequest) {
	t.Helper()
	last := int64(0)
	for i, batch := range batches {
		metric := batch.Metrics().ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0)
		require.Equal(t, PushedMetric, metric.Name())
		points := metric.Gauge().DataPoints()
		require.Equal(t, 3, points.Len())
		require.InDelta(t, i+1, points.At(2).DoubleValue(), 0)
		number, _ := points.At(2).Attributes().Get(PushedLabel)
		require.Equal(t, "2", number.Str())
		now := points.At(2).Timestamp().AsTime().UnixMilli()
		require.Greater(t, now, last, "a batch is newer than the one before it")
		last = now
	}
}

func TestPushToNobodyIsNotAmbiguous(t *testing.T) {
	address, err := FreeAddress()
	require.NoError(t, err)
	sent := StartPush(t.Context(), "http://"+address, 2, 0).Stop()
	assert.Equal(t, Pushed{Pending: sent.Pending}, sent)
}

func TestTargetsChangeWithEveryScrape(t *testing.T) {
	targets := StartTargets(2, 25)
	t.Cleanup(targets.Close)
	pages := map[string]bool{}
	for _, path := range []string{"/0/metrics", "/1/metrics", "/0/metrics"} {
		page, err := Fetch(t.Context(), "http://"+targets.Address+path)
		require.NoError(t, err)
		pages[page] = true
	}
	assert.Len(t, pages, 3)
	assert.Equal(t, uint64(3), targets.Scrapes())
	_, err := Fetch(t.Context(), "http://"+targets.Address+"/2/metrics")
	require.ErrorContains(t, err, "404")
}
