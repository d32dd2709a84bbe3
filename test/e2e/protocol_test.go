package e2e

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// The service documents HTTP/1.1 for remote write, while most public endpoints offer HTTP/2 first.
func TestAnEndpointThatOffersHTTP2IsSpokenToInHTTP11(t *testing.T) {
	for _, config := range []string{"standard.yaml", "agent.yaml", "gateway.yaml", "quickstart.yaml"} {
		t.Run(config, func(t *testing.T) {
			key := harness.NewAccessKey()
			certificate, err := harness.NewCertificate(t.TempDir())
			require.NoError(t, err)
			endpoint := harness.StartEndpoint(certificate)
			t.Cleanup(endpoint.Close)
			requireHTTP2(t, endpoint, certificate)

			collector := startCollector(t, harness.CollectorSettings{
				Config:         config,
				Directory:      collectorDirectory(t, key, nil),
				RemoteWriteURL: endpoint.URL,
				Env:            []string{"SSL_CERT_FILE=" + certificate.CertFile},
			})
			feed(t, config, collector)
			request := waitForRequest(t, endpoint)
			assert.Equal(t, "HTTP/1.1", request.Proto)
			assert.Contains(t, request.Header.Get("User-Agent"), "msp-collector/"+version(t))
			assert.Equal(t, "snappy", request.Header.Get("Content-Encoding"))
			assert.Equal(t, "application/x-protobuf", request.Header.Get("Content-Type"))
			assert.Equal(t, "0.1.0", request.Header.Get("X-Prometheus-Remote-Write-Version"))
			id, secret, isBasic := (&http.Request{Header: request.Header}).BasicAuth()
			assert.True(t, isBasic && id == key.ID && secret == key.Secret, "carries the AccessKey pair as basic auth")
		})
	}
}

// A real Prometheus that serves https, HTTP/2 included, takes what the collector sends.
func TestDeliveryOverTLS(t *testing.T) {
	key := harness.NewAccessKey()
	certificate, err := harness.NewCertificate(t.TempDir())
	require.NoError(t, err)
	prometheus := startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{key}, Certificate: certificate})
	startCollector(t, harness.CollectorSettings{
		Config:         "quickstart.yaml",
		Directory:      collectorDirectory(t, key, nil),
		RemoteWriteURL: prometheus.RemoteWriteURL(),
		Env:            []string{"SSL_CERT_FILE=" + certificate.CertFile},
	})
	until(t, "samples arrive", func(ctx context.Context) error {
		_, err := newest(ctx, prometheus, `up{job="msp-collector"}`)
		return err
	})
}

// requireHTTP2 proves that the endpoint would speak HTTP/2 to a client that wants to.
func requireHTTP2(t *testing.T, endpoint *harness.Endpoint, certificate *harness.Certificate) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{
		ForceAttemptHTTP2: true,
		TLSClientConfig:   &tls.Config{RootCAs: certificate.Pool},
	}}
	request, err := http.NewRequestWithContext(deadline(t, patience), http.MethodPost, endpoint.URL, strings.NewReader(""))
	require.NoError(t, err)
	response, err := client.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	client.CloseIdleConnections()
	require.Equal(t, "HTTP/2.0", response.Proto)
}

// waitForRequest waits for the first request with series in it.
func waitForRequest(t *testing.T, endpoint *harness.Endpoint) harness.Received {
	t.Helper()
	var found harness.Received
	until(t, "the endpoint receives series", func(context.Context) error {
		for _, received := range endpoint.Received() {
			if received.Err == nil && len(received.Series) > 0 {
				found = received
				return nil
			}
		}
		return errors.New("none so far")
	})
	return found
}

// feed sends a metric to a configuration that waits for being sent to.
func feed(t *testing.T, config string, collector *harness.Collector) {
	t.Helper()
	if config == "gateway.yaml" {
		pushOTLP(t, collector, "requests_in_flight", 3)
	}
}
