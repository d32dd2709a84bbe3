package managedprometheusexporter

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
	"github.com/msp-collector/msp-collector/components/internal/wal"
)

// receiver takes remote write 1.0 on a real socket.
type receiver struct {
	*httptest.Server
	mu       sync.Mutex
	requests []*http.Request
	series   []prompb.TimeSeries
	metadata []prompb.MetricMetadata
	status   int
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{status: http.StatusNoContent}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.requests = append(r.requests, request)
		raw, err := snappy.Decode(nil, body)
		var write prompb.WriteRequest
		if err != nil || write.Unmarshal(raw) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if r.status/100 == 2 {
			r.series = append(r.series, write.Timeseries...)
			r.metadata = append(r.metadata, write.Metadata...)
		}
		w.WriteHeader(r.status)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answer(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

func (r *receiver) received() []prompb.TimeSeries {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]prompb.TimeSeries(nil), r.series...)
}

func (r *receiver) described() []prompb.MetricMetadata {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]prompb.MetricMetadata(nil), r.metadata...)
}

func (r *receiver) config(t *testing.T) *Config {
	config := createDefaultConfig().(*Config)
	config.HTTP.Endpoint = r.URL + "/api/v1/write"
	config.WAL.Directory = t.TempDir()
	config.Queue.BatchSendDeadline = 20 * time.Millisecond
	config.Metadata.Send = false
	return config
}

// started makes and starts an exporter with an id; what it logs is observed.
func started(t *testing.T, id component.ID, config *Config) (*metricsExporter, *observer.ObservedLogs) {
	t.Helper()
	core, logs := observer.New(zap.WarnLevel)
	set := exportertest.NewNopSettings(componentType)
	set.ID, set.Logger = id, zap.New(core)
	set.BuildInfo.Command, set.BuildInfo.Version = "msp-collector", "1.2.3"
	e, err := newExporter(set, config)
	require.NoError(t, err)
	require.NoError(t, e.Start(context.Background(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, e.Shutdown(context.Background())) })
	return e, logs
}

func gauge(value float64, at time.Time) pmetric.Metrics {
	md := pmetric.NewMetrics()
	m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName("queue_length")
	p := m.SetEmptyGauge().DataPoints().AppendEmpty()
	p.SetDoubleValue(value)
	p.SetTimestamp(pcommon.NewTimestampFromTime(at))
	return md
}

func TestDeliversOverHTTP(t *testing.T) {
	r := newReceiver(t)
	config := r.config(t)
	config.ExternalLabels = map[string]string{"cluster": "test"}
	e, _ := started(t, component.NewID(componentType), config)
	at := time.UnixMilli(1_700_000_000_000)
	require.NoError(t, e.ConsumeMetrics(context.Background(), gauge(7, at)))
	require.Eventually(t, func() bool { return len(r.received()) == 1 }, 10*time.Second, 5*time.Millisecond)
	series := r.received()[0]
	require.Equal(t, []prompb.Label{{Name: "__name__", Value: "queue_length"}, {Name: "cluster", Value: "test"}}, series.Labels)
	require.Equal(t, []prompb.Sample{{Value: 7, Timestamp: at.UnixMilli()}}, series.Samples)
	request := r.requests[0]
	require.Equal(t, "msp-collector/1.2.3", request.Header.Get("User-Agent"))
	require.Equal(t, "snappy", request.Header.Get("Content-Encoding"))
	require.Equal(t, "0.1.0", request.Header.Get("X-Prometheus-Remote-Write-Version"))
	require.Equal(t, "HTTP/1.1", request.Proto)
}

func TestWhatWaitsSurvivesARestart(t *testing.T) {
	r := newReceiver(t)
	r.answer(http.StatusServiceUnavailable)
	config := r.config(t)
	e, _ := started(t, component.NewID(componentType), config)
	require.NoError(t, e.ConsumeMetrics(context.Background(), gauge(1, time.Now())))
	require.NoError(t, e.Shutdown(context.Background()))
	require.ErrorIs(t, e.ConsumeMetrics(context.Background(), gauge(2, time.Now())), errNotRunning)

	other := newReceiver(t)
	config.HTTP.Endpoint = other.URL + "?token=SESAME"
	_, logs := started(t, component.NewID(componentType), config)
	require.Eventually(t, func() bool { return len(other.received()) == 1 }, 10*time.Second, 5*time.Millisecond)
	changed := logs.FilterMessageSnippet("The endpoint has changed").All()
	require.Len(t, changed, 1)
	require.Equal(t, other.URL, changed[0].ContextMap()["endpoint"], "without its query")
	require.Equal(t, r.URL+"/api/v1/write", changed[0].ContextMap()["before"])
}

// What a refused request would have told of its resource, the next one tells.
func TestTargetInfoOfARefusedRequestIsNotLost(t *testing.T) {
	r := newReceiver(t)
	config := r.config(t)
	config.WAL.MaxSize = 64 << 10
	e, _ := started(t, component.NewID(componentType), config)
	request := func(label string) pmetric.Metrics {
		md := gauge(1, time.Now())
		rm := md.ResourceMetrics().At(0)
		rm.Resource().Attributes().PutStr("service.name", "shop")
		rm.Resource().Attributes().PutStr("host.name", "h")
		rm.ScopeMetrics().At(0).Metrics().At(0).Gauge().DataPoints().At(0).Attributes().PutStr("label", label)
		return md
	}
	noise := make([]byte, 128<<10)
	_, _ = rand.Read(noise)
	require.ErrorIs(t, e.ConsumeMetrics(context.Background(), request(hex.EncodeToString(noise))), wal.ErrTooLarge)
	require.NoError(t, e.ConsumeMetrics(context.Background(), request("short")))
	require.Eventually(t, func() bool { return len(r.received()) == 2 }, 10*time.Second, 5*time.Millisecond)
	require.Equal(t, prompb.Label{Name: "__name__", Value: "target_info"}, r.received()[1].Labels[0])
}

// An endpoint that does not say how much of a 2.0 request it has written does not know 2.0, and 1.0 has no custom buckets.
func TestCustomBucketsEndWithRemoteWrite2(t *testing.T) {
	config := newReceiver(t).config(t)
	config.ProtobufMessage, config.SendNativeHistograms = messageV2, true
	e, _ := started(t, component.NewID(componentType), config)
	send := func() uint64 {
		var w verbatim.Writer
		custom := &histogram.FloatHistogram{Schema: histogram.CustomBucketsSchema, Count: 1, CustomValues: []float64{1}}
		require.NoError(t, w.Histogram(labels.FromStrings("__name__", "sizes"), verbatim.Metadata{}, 0, 1000, nil, custom))
		require.NoError(t, e.ConsumeMetrics(context.Background(), w.Take()))
		_, refused := e.refused.snapshot()
		return refused["custom_buckets_in_remote_write_1"]
	}
	require.Zero(t, send())
	require.Eventually(t, func() bool { return e.queue.Load().Protocol() == "1.0" }, 10*time.Second, 5*time.Millisecond)
	require.EqualValues(t, 1, send())
}

func TestExportersSideBySide(t *testing.T) {
	r := newReceiver(t)
	config := r.config(t)
	for _, id := range []component.ID{
		component.NewID(componentType), component.NewIDWithName(componentType, "a/b"), component.NewIDWithName(componentType, ".."),
	} {
		e, _ := started(t, id, config)
		require.NoError(t, e.ConsumeMetrics(context.Background(), gauge(1, time.Now())))
	}
	require.Eventually(t, func() bool { return len(r.received()) == 3 }, 10*time.Second, 5*time.Millisecond)
	entries, err := os.ReadDir(config.WAL.Directory)
	require.NoError(t, err)
	require.Len(t, entries, 3)

	set := exportertest.NewNopSettings(componentType)
	set.ID = component.NewID(componentType)
	again, err := newExporter(set, config)
	require.NoError(t, err)
	err = again.Start(context.Background(), componenttest.NewNopHost())
	require.ErrorContains(t, err, filepath.Join(config.WAL.Directory, "managed_prometheus"))
	require.NoError(t, again.Shutdown(context.Background()))
}

func TestADirectoryThatCannotBeUsed(t *testing.T) {
	config := newReceiver(t).config(t)
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	config.WAL.Directory = file
	set := exportertest.NewNopSettings(componentType)
	e, err := newExporter(set, config)
	require.NoError(t, err)
	err = e.Start(context.Background(), componenttest.NewNopHost())
	require.ErrorContains(t, err, "wal::directory")
	require.ErrorContains(t, err, file)
	require.NoError(t, e.Shutdown(context.Background()))
}

func TestCreateDoesNotTouchTheDisk(t *testing.T) {
	config := createDefaultConfig().(*Config)
	config.HTTP.Endpoint = "http://127.0.0.1/write"
	config.WAL.Directory = filepath.Join(t.TempDir(), "wal")
	e, err := NewFactory().CreateMetrics(context.Background(), exportertest.NewNopSettings(componentType), config)
	require.NoError(t, err)
	require.NoDirExists(t, config.WAL.Directory)
	require.NoError(t, e.Shutdown(context.Background()))
}
