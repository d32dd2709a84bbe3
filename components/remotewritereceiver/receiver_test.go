package remotewritereceiver

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver/receivertest"
)

func goodBody(t testing.TB) []byte {
	return bytesOf(t, &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{one(1, "__name__", "m")}})
}

// held is a pipeline that tells when it was entered, and goes on when it may.
type held struct{ entered, leave chan struct{} }

func newHeld() held { return held{make(chan struct{}, 100), make(chan struct{})} }

func (h held) consume(context.Context, pmetric.Metrics) error {
	h.entered <- struct{}{}
	<-h.leave
	return nil
}

// background posts, and returns the status, or 0 when there was no answer.
func background(t *testing.T, url string, body []byte) <-chan int {
	status := make(chan int, 1)
	go func() {
		defer close(status)
		request, err := http.NewRequest(http.MethodPost, url, readerOf(body))
		if !assert.NoError(t, err) {
			return
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			status <- 0
			return
		}
		response.Body.Close()
		status <- response.StatusCode
	}()
	return status
}

func TestShutdownLetsRequestsEnd(t *testing.T) {
	pipeline := newHeld()
	r := start(t, testConfig(), consume(t, pipeline.consume))
	status := background(t, r.url, goodBody(t))
	<-pipeline.entered
	select {
	case got := <-status:
		require.Fail(t, "answered before the pipeline had the data", "%d", got)
	default:
	}
	require.EqualValues(t, 1, r.sum(t, "in_flight_requests", "", ""))
	address := r.listener.Addr().String()
	stopped := make(chan error, 1)
	go func() { stopped <- r.Shutdown(context.Background()) }()
	require.Eventually(t, func() bool {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			_ = connection.Close()
		}
		return err != nil
	}, patience, time.Millisecond, "no new connections")
	close(pipeline.leave)
	require.NoError(t, <-stopped)
	require.Equal(t, http.StatusNoContent, <-status)
}

func TestShutdownIsBounded(t *testing.T) {
	pipeline := newHeld()
	r := start(t, testConfig(), consume(t, pipeline.consume))
	status := background(t, r.url, goodBody(t))
	<-pipeline.entered
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, r.Shutdown(ctx), context.Canceled)
	require.Zero(t, <-status, "no answer, so that the sender sends again")
	close(pipeline.leave)
}

func TestShutdownWithoutStartAndTwice(t *testing.T) {
	r := newReceiver(receivertest.NewNopSettings(componentType), testConfig(), consumertest.NewNop())
	require.NoError(t, r.Shutdown(context.Background()))
	require.NoError(t, r.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, r.Shutdown(context.Background()))
	require.NoError(t, r.Shutdown(context.Background()))
}

func TestATakenPort(t *testing.T) {
	first := start(t, testConfig(), consumertest.NewNop())
	config := testConfig()
	config.HTTP.NetAddr.Endpoint = first.listener.Addr().String()
	second := newReceiver(receivertest.NewNopSettings(componentType), config, consumertest.NewNop())
	err := second.Start(t.Context(), componenttest.NewNopHost())
	require.ErrorContains(t, err, "http::endpoint")
	require.ErrorContains(t, err, "is taken: stop what listens there, or choose another address")
	require.NoError(t, second.Shutdown(context.Background()))
}

func TestConcurrencyIsBounded(t *testing.T) {
	pipeline := newHeld()
	config := testConfig()
	config.MaxConcurrentRequests, config.RetryAfter = 2, 1500*time.Millisecond
	r := start(t, config, consume(t, pipeline.consume))
	first, second := background(t, r.url, goodBody(t)), background(t, r.url, goodBody(t))
	<-pipeline.entered
	<-pipeline.entered
	got := post(t, r.url, typeV2, goodBody(t))
	require.Equal(t, http.StatusServiceUnavailable, got.status)
	require.Equal(t, "2", got.header.Get("Retry-After"), "whole seconds, rounded up")
	require.Contains(t, got.text, "max_concurrent_requests, 2")
	require.Equal(t, "0 0 0", got.written())
	close(pipeline.leave)
	require.Equal(t, http.StatusNoContent, <-first)
	require.Equal(t, http.StatusNoContent, <-second)
	require.Equal(t, http.StatusNoContent, post(t, r.url, typeV1, goodBody(t)).status, "places are given back")
}

// HTTP/2 brings many requests on one connection: the bound holds all the same.
func TestHTTP2(t *testing.T) {
	issuer := httptest.NewTLSServer(nil)
	defer issuer.Close()
	certificate := issuer.TLS.Certificates[0]
	directory := t.TempDir()
	writeKeyPair(t, directory, certificate)
	pipeline := newHeld()
	config := testConfig()
	load(t, config, map[string]any{"max_concurrent_requests": 1, "http": map[string]any{"tls": map[string]any{
		"cert_file": filepath.Join(directory, "cert.pem"), "key_file": filepath.Join(directory, "key.pem"),
	}}})
	r := start(t, config, consume(t, pipeline.consume))
	roots := x509.NewCertPool()
	roots.AddCert(issuer.Certificate())
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	send := func() (int, int) {
		response, err := (&http.Client{Transport: transport}).Post(r.url, typeV1, readerOf(goodBody(t)))
		if !assert.NoError(t, err) {
			return 0, 0
		}
		defer response.Body.Close()
		return response.StatusCode, response.ProtoMajor
	}
	first := make(chan int, 1)
	go func() {
		status, _ := send()
		first <- status
	}()
	<-pipeline.entered
	status, version := send()
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, 2, version)
	close(pipeline.leave)
	require.Equal(t, http.StatusNoContent, <-first)
}

// One sender's requests arrive in their order, and samples within a request too.
func TestOrder(t *testing.T) {
	var all []int64
	r := start(t, testConfig(), consume(t, func(_ context.Context, md pmetric.Metrics) error {
		for _, p := range read(t, []pmetric.Metrics{md}) {
			all = append(all, p.at)
		}
		return nil
	}))
	for i := range int64(50) {
		s := prompb.TimeSeries{Labels: pairs("__name__", "m"), Samples: []prompb.Sample{{Timestamp: 3 * i}, {Timestamp: 3*i + 1}}}
		again := prompb.TimeSeries{Labels: pairs("__name__", "m"), Samples: []prompb.Sample{{Timestamp: 3*i + 2}}}
		body := bytesOf(t, &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{s, one(0, "__name__", "m", "other", "x"), again}})
		require.Equal(t, http.StatusNoContent, post(t, r.url, typeV1, body).status)
	}
	want := int64(0)
	for _, at := range all {
		if at != t0 {
			require.Equal(t, want, at)
			want++
		}
	}
	require.EqualValues(t, 150, want)
}
