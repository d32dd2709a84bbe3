package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

func TestPushedMetricsArrive(t *testing.T) {
	key := harness.NewAccessKey()
	prometheus := startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{key}})
	collector := startCollector(t, harness.CollectorSettings{
		Config:         "gateway.yaml",
		Directory:      collectorDirectory(t, key, nil),
		RemoteWriteURL: prometheus.RemoteWriteURL(),
	})
	pushOTLP(t, collector, "requests_in_flight", 3)

	var series []harness.Series
	until(t, "the pushed metric is stored", func(ctx context.Context) error {
		var err error
		series, err = prometheus.Query(ctx, `{__name__="requests_in_flight"}`)
		if err == nil && len(series) != 1 {
			err = fmt.Errorf("%d series", len(series))
		}
		return err
	})
	assert.InDelta(t, 3, series[0].Samples[0].Value, 0)
	assert.Equal(t, "shop/checkout", series[0].Labels["job"])
	assert.Equal(t, "checkout-1", series[0].Labels["instance"])
	assert.Equal(t, "/pay", series[0].Labels["route"])
}

const otlpGauge = `{"resourceMetrics": [{
  "resource": {"attributes": [
    {"key": "service.namespace", "value": {"stringValue": "shop"}},
    {"key": "service.name", "value": {"stringValue": "checkout"}},
    {"key": "service.instance.id", "value": {"stringValue": "checkout-1"}}]},
  "scopeMetrics": [{"metrics": [{"name": %q, "gauge": {"dataPoints": [
    {"timeUnixNano": "%d", "asDouble": %v, "attributes": [{"key": "route", "value": {"stringValue": "/pay"}}]}]}}]}]}]}`

// pushOTLP sends one gauge, as an SDK would, over OTLP/HTTP.
func pushOTLP(t *testing.T, collector *harness.Collector, name string, value float64) {
	t.Helper()
	body := fmt.Sprintf(otlpGauge, name, time.Now().UnixNano(), value)
	request, err := http.NewRequestWithContext(deadline(t, patience), http.MethodPost, collector.OTLPURL+"/v1/metrics", strings.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusOK, response.StatusCode)
}
