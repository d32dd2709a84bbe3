package diagnosis

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestEveryWayToGetNoAnswer has a row for each; the errors are made by real connections where one machine can.
func TestEveryWayToGetNoAnswer(t *testing.T) {
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	roots := x509.NewCertPool()
	roots.AddCert(secure.Certificate())
	trusting := func(c *tls.Config) *tls.Config { c.RootCAs = roots; return c }

	const internal = "https://p.cn-hangzhou-intranet.log.aliyuncs.com/prometheus/p/aliyun-prom-1/api/v1/write"
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	for _, row := range []struct {
		name, url string
		err       error
		want      string
		says      string
	}{
		{"no pair", v2, fmt.Errorf("%w: the file is empty", ErrNoPair), "no_pair", "source"},
		{"nobody listens", "", get(t, "http://"+closedPort(t), nil), "connection_refused", "Settings tab"},
		{"unknown host", v2, dial(&net.DNSError{Err: "no such host", Name: "x", IsNotFound: true}), "dns", "does not exist"},
		{"unknown internal host", internal, dial(&net.DNSError{Err: "no such host", Name: "x", IsNotFound: true}), "dns", "VPC in region cn-hangzhou"},
		{"no name server", v2, dial(&net.DNSError{Err: "i/o timeout", Name: "x", IsTimeout: true}), "dns", "port 53"},
		{"connection times out", v2, dial(os.ErrDeadlineExceeded), "timeout", "allow outbound TCP"},
		{"connection times out, internal", internal, dial(os.ErrDeadlineExceeded), "timeout", "Internet URL"},
		{"answer times out", "", silence(t), "timeout", "http::timeout"},
		{"no route", v2, dial(syscall.EHOSTUNREACH), "unreachable", "routes"},
		{"no route, internal", internal, dial(syscall.ENETUNREACH), "unreachable", "VPC in region cn-hangzhou"},
		{"forbidden by the host", v2, dial(syscall.EPERM), "unreachable", "firewall"},
		{"certificate of nobody known", "", get(t, secure.URL, &tls.Config{}), "tls_untrusted", "ca_file"},
		{"certificate of another host", "", get(t, secure.URL, trusting(&tls.Config{ServerName: "other.test"})), "tls_name", "server_name_override"},
		{"certificate out of date", "", get(t, secure.URL, trusting(&tls.Config{Time: func() time.Time { return time.Now().AddDate(200, 0, 0) }})), "tls_time", "clock"},
		{"certificate of no use", v2, &tls.CertificateVerificationError{Err: errors.New("x509: not for this")}, "tls", "ca_file"},
		{"TLS version", "", get(t, secure.URL, trusting(&tls.Config{MaxVersion: tls.VersionTLS11})), "tls", "TLS"},
		{"no TLS there", "", get(t, "https://"+plain.Listener.Addr().String(), nil), "not_tls", "http://"},
		{"proxy away", "", throughProxyAt(t, closedPort(t)), "proxy", "proxy"},
		{"no HTTP there", "", talk(t, "SSH-2.0-OpenSSH\r\n"), "not_http", "port"},
		{"cut off", "", talk(t, ""), "connection_lost", "persists"},
		{"reset", v2, &net.OpError{Op: "read", Err: syscall.ECONNRESET}, "connection_lost", "persists"},
		{"something else", v2, errors.New("the moon is in the wrong phase"), "no_answer", "error"},
	} {
		t.Run(row.name, func(t *testing.T) {
			require.Error(t, row.err)
			if row.url == "" {
				row.url = "https://endpoint.test/api/v1/write"
			}
			finding := Of(Observation{URL: row.url, Err: row.err})
			t.Logf("%-22s %s\n  remedy: %s\n  seen: %v", finding.Reason, finding.Cause, finding.Remedy, row.err)
			require.Equal(t, row.want, finding.Reason)
			require.Contains(t, finding.Cause+finding.Remedy, row.says)
			wellPut(t, finding)
		})
	}
}

// get returns the error of a request.
func get(t *testing.T, where string, config *tls.Config) error {
	t.Helper()
	return try(t, where, &http.Transport{TLSClientConfig: config})
}

func try(t *testing.T, where string, transport *http.Transport) error {
	t.Helper()
	defer transport.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, where, http.NoBody)
	require.NoError(t, err)
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err == nil {
		require.NoError(t, response.Body.Close())
	}
	return err
}

// closedPort is an address where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	return listener.Addr().String()
}

func throughProxyAt(t *testing.T, proxy string) error {
	t.Helper()
	return try(t, "https://endpoint.test/", &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: proxy})})
}

// talk is the error of a request to a server that says this and hangs up.
func talk(t *testing.T, text string) error {
	t.Helper()
	return against(t, func(c net.Conn) {
		_, _ = c.Read(make([]byte, 1024))
		_, _ = c.Write([]byte(text))
		_ = c.Close()
	}, &http.Transport{})
}

// silence is the error of a request that is never answered.
func silence(t *testing.T) error {
	t.Helper()
	return against(t, func(c net.Conn) { t.Cleanup(func() { _ = c.Close() }) }, &http.Transport{ResponseHeaderTimeout: 10 * time.Millisecond})
}

func against(t *testing.T, serve func(net.Conn), transport *http.Transport) error {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan struct{})
	go func() {
		defer close(served)
		if c, err := listener.Accept(); err == nil {
			serve(c)
		}
	}()
	err = try(t, "http://"+listener.Addr().String(), transport)
	require.NoError(t, listener.Close())
	<-served
	return err
}
