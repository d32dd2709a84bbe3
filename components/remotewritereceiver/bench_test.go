package remotewritereceiver

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/receiver/receiverhelper"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.uber.org/zap"
)

const benchSamples = 2000

// benchLabels are ten labels, as a series of node_exporter with some of Kubernetes has.
func benchLabels(i int) []string {
	return []string{
		"__name__", fmt.Sprintf("node_metric_%d_total", i/20), "cluster", "production", "cpu", fmt.Sprint(i % 20), "device", "eth0", "instance",
		"10.0.0.17:9100", "job", "node", "mode", "system", "namespace", "monitoring", "node", "worker-17", "pod", "node-exporter-x2x9z",
	}
}

func benchV1(b testing.TB) []byte {
	var request prompb.WriteRequest
	for i := range benchSamples {
		request.Timeseries = append(request.Timeseries, one(float64(i)*1.5, benchLabels(i)...))
	}
	return bytesOf(b, &request)
}

func benchV2(b testing.TB) []byte {
	request := newRequest2()
	for i := range benchSamples {
		request.add(samples2(float64(i)*1.5), model.MetricTypeCounter, "Some help about it.", "", benchLabels(i)...)
	}
	return request.bytes(b)
}

// testHandler is a handler without a server.
func testHandler(t testing.TB, config *Config, next consumer.Metrics) *handler {
	return testHandlerOf(t, config, next, false)
}

func testHandlerOf(t testing.TB, config *Config, next consumer.Metrics, packed bool) *handler {
	set := receivertest.NewNopSettings(componentType)
	observer, err := receiverhelper.NewObsReport(receiverhelper.ObsReportSettings{ReceiverID: set.ID, Transport: "http", ReceiverCreateSettings: set})
	require.NoError(t, err)
	return newHandler(config, next, packed, observer, &telemetry{}, newNotice(zap.NewNop()))
}

// BenchmarkHandler is the way from compressed bytes to pdata.
func BenchmarkHandler(b *testing.B) {
	for name, c := range map[string]struct {
		contentType string
		body        []byte
		packed      bool
	}{
		"1.0": {typeV1, benchV1(b), false}, "1.0 packed": {typeV1, benchV1(b), true},
		"2.0": {typeV2, benchV2(b), false}, "2.0 packed": {typeV2, benchV2(b), true},
	} {
		b.Run(name, func(b *testing.B) {
			h := testHandlerOf(b, testConfig(), consumertest.NewNop(), c.packed)
			b.ReportAllocs()
			for b.Loop() {
				request := httptest.NewRequest(http.MethodPost, pathPrometheus, bytes.NewReader(c.body))
				request.Header.Set("Content-Type", c.contentType)
				answer := httptest.NewRecorder()
				h.ServeHTTP(answer, request)
				if answer.Code != http.StatusNoContent {
					b.Fatal(answer.Code, answer.Body)
				}
			}
			require.EqualValues(b, benchSamples*uint64(b.N), h.telemetry.samples.Load())
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchSamples, "ns/sample")
		})
	}
}
