package remotewritereceiver

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/golang/snappy"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

const (
	patience = 30 * time.Second
	t0       = int64(1_700_000_000_000)
	typeV1   = "application/x-protobuf"
	typeV2   = "application/x-protobuf;proto=io.prometheus.write.v2.Request"
)

// consume is a pipeline made of a func.
func consume(t testing.TB, f func(context.Context, pmetric.Metrics) error) consumer.Metrics {
	t.Helper()
	next, err := consumer.NewMetrics(f)
	require.NoError(t, err)
	return next
}

// running is a started receiver.
type running struct {
	*remoteWrite
	url   string
	logs  *observer.ObservedLogs
	stats *componenttest.Telemetry
}

func testConfig() *Config {
	config := createDefaultConfig().(*Config)
	config.HTTP.NetAddr.Endpoint = "127.0.0.1:0"
	return config
}

func start(t testing.TB, config *Config, next consumer.Metrics) running {
	t.Helper()
	return startWith(t, config, next, componenttest.NewNopHost())
}

func startWith(t testing.TB, config *Config, next consumer.Metrics, host component.Host) running {
	t.Helper()
	core, logs := observer.New(zapcore.InfoLevel)
	stats := componenttest.NewTelemetry()
	set := receivertest.NewNopSettings(componentType)
	set.TelemetrySettings = stats.NewTelemetrySettings()
	set.Logger = zap.New(core)
	r := newReceiver(set, config, next)
	require.NoError(t, r.Start(t.Context(), host))
	t.Cleanup(func() {
		assert.NoError(t, r.Shutdown(context.Background()))
		assert.NoError(t, stats.Shutdown(context.Background()))
	})
	scheme := "http://"
	if config.HTTP.TLS.HasValue() {
		scheme = "https://"
	}
	return running{r, scheme + r.listener.Addr().String() + pathPrometheus, logs, stats}
}

// sum is the value of a metric, over all points that have the attribute; an empty key takes all.
func (r running) sum(t *testing.T, name, key, value string) int64 {
	t.Helper()
	m, err := r.stats.GetMetric(metricPrefix + name)
	require.NoError(t, err)
	return sumOf(t, m, key, value)
}

// reply is an answer whose body was read.
type reply struct {
	status int
	header http.Header
	text   string
}

func (r reply) written() string {
	return fmt.Sprint(r.header.Get(samplesWritten), " ", r.header.Get(histogramsWritten), " ", r.header.Get(exemplarsWritten))
}

func post(t testing.TB, url, contentType string, body []byte) reply {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("Content-Encoding", "snappy")
	return do(t, http.DefaultClient, request)
}

func do(t testing.TB, client *http.Client, request *http.Request) reply {
	t.Helper()
	response, err := client.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return reply{response.StatusCode, response.Header, string(text)}
}

// takeAll hands the message to a receiver, and returns what came out of it.
func takeAll(t testing.TB, contentType string, body []byte) (reply, []pmetric.Metrics) {
	t.Helper()
	var sink consumertest.MetricsSink
	r := start(t, testConfig(), &sink)
	return post(t, r.url, contentType, body), sink.AllMetrics()
}

type marshaler interface{ Marshal() ([]byte, error) }

func bytesOf(t testing.TB, message marshaler) []byte {
	t.Helper()
	raw, err := message.Marshal()
	require.NoError(t, err)
	return snappy.Encode(nil, raw)
}

// one is a series with one sample, as prompb has it.
func one(value float64, ls ...string) prompb.TimeSeries {
	return prompb.TimeSeries{Labels: pairs(ls...), Samples: []prompb.Sample{{Timestamp: t0, Value: value}}}
}

// pairs are labels as they stand, sorted or not.
func pairs(ls ...string) (all []prompb.Label) {
	for i := 0; i < len(ls); i += 2 {
		all = append(all, prompb.Label{Name: ls[i], Value: ls[i+1]})
	}
	return all
}

// request2 builds a message of remote write 2.0.
type request2 struct {
	table  writev2.SymbolsTable
	series []writev2.TimeSeries
}

func newRequest2() *request2 { return &request2{table: writev2.NewSymbolTable()} }

func (r *request2) refs(ls ...string) (refs []uint32) {
	for _, s := range ls {
		refs = append(refs, r.table.Symbolize(s))
	}
	return refs
}

// add appends a series; its labels and metadata are set here.
func (r *request2) add(series writev2.TimeSeries, kind model.MetricType, help, unit string, ls ...string) {
	series.LabelsRefs = r.refs(ls...)
	series.Metadata = writev2.Metadata{Type: writev2.FromMetadataType(kind), HelpRef: r.table.Symbolize(help), UnitRef: r.table.Symbolize(unit)}
	r.series = append(r.series, series)
}

func (r *request2) message() *writev2.Request {
	return &writev2.Request{Symbols: r.table.Symbols(), Timeseries: r.series}
}

func (r *request2) bytes(t testing.TB) []byte { t.Helper(); return bytesOf(t, r.message()) }

func samples2(value float64) writev2.TimeSeries {
	return writev2.TimeSeries{Samples: []writev2.Sample{{Timestamp: t0, Value: value}}}
}

func readerOf(body []byte) io.Reader { return bytes.NewReader(body) }

// load puts YAML over a configuration.
func load(t *testing.T, config *Config, yaml map[string]any) {
	t.Helper()
	require.NoError(t, confmap.NewFromStringMap(yaml).Unmarshal(config))
	require.NoError(t, config.Validate())
}

func writeKeyPair(t *testing.T, directory string, pair tls.Certificate) {
	t.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	require.NoError(t, err)
	for name, block := range map[string]*pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: pair.Certificate[0]}, "key.pem": {Type: "PRIVATE KEY", Bytes: key},
	} {
		require.NoError(t, os.WriteFile(filepath.Join(directory, name), pem.EncodeToMemory(block), 0o600))
	}
}
