package remotewritereceiver

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

// Clients that fail at the handshake, as they really do: one warning for each reason, and all are counted.
func TestHandshakesThatFail(t *testing.T) {
	issuer := httptest.NewTLSServer(nil)
	defer issuer.Close()
	directory := t.TempDir()
	writeKeyPair(t, directory, issuer.TLS.Certificates[0])
	config := testConfig()
	load(t, config, map[string]any{"http": map[string]any{"tls": map[string]any{
		"cert_file": filepath.Join(directory, "cert.pem"), "key_file": filepath.Join(directory, "key.pem"),
	}}})
	r := start(t, config, consumertest.NewNop())
	address := r.listener.Addr().String()
	failed := func(n int64) {
		require.Eventually(t, func() bool { return r.sum(t, "failed_handshakes", "", "") == n }, patience, time.Millisecond)
	}
	look, err := net.Dial("tcp", address) // a load balancer looks whether the port is open
	require.NoError(t, err)
	require.NoError(t, look.Close())
	failed(1)
	require.Empty(t, r.logs.FilterLevelExact(zapcore.WarnLevel).All())
	response, err := http.Get("http://" + address) // the answer is 400, of net/http
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	failed(2)
	_, err = tls.Dial("tcp", address, &tls.Config{MinVersion: tls.VersionTLS12})
	require.ErrorContains(t, err, "certificate")
	failed(3)
	warnings := r.logs.FilterLevelExact(zapcore.WarnLevel).All()
	require.Len(t, warnings, 2, "one for each reason")
	require.Equal(t, "plain_http", warnings[0].ContextMap()["reason"])
	require.Equal(t, "127.0.0.1", warnings[0].ContextMap()["address"])
	require.Equal(t, "handshake", warnings[1].ContextMap()["reason"])
	require.Contains(t, warnings[1].ContextMap()["cause"], "remote error: tls: bad certificate")
	require.Empty(t, r.logs.FilterLevelExact(zapcore.ErrorLevel).All())
	report := r.telemetry.handshakes.senders.Report()
	require.EqualValues(t, 2, report.Requests)
	require.Len(t, report.Senders, 2)
}

// A sender without the client certificate that is required, and one with a certificate of somebody
// else, are named.
func TestASenderWithoutItsCertificateIsNamed(t *testing.T) {
	issuer := httptest.NewTLSServer(nil)
	defer issuer.Close()
	directory := t.TempDir()
	writeKeyPair(t, directory, issuer.TLS.Certificates[0])
	config := testConfig()
	load(t, config, map[string]any{"http": map[string]any{"tls": map[string]any{
		"cert_file": filepath.Join(directory, "cert.pem"), "key_file": filepath.Join(directory, "key.pem"),
		"client_ca_file": filepath.Join(directory, "cert.pem"),
	}}})
	r := start(t, config, consumertest.NewNop())
	stranger, err := tls.X509KeyPair(otherCertificate(t))
	require.NoError(t, err)
	for reason, certificate := range map[string]*tls.Certificate{"no_certificate": {}, "untrusted_certificate": &stranger} {
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{
			InsecureSkipVerify: true, MinVersion: tls.VersionTLS12,
			GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return certificate, nil },
		}}}
		response, err := client.Get("https://" + r.listener.Addr().String())
		if err == nil {
			require.NoError(t, response.Body.Close())
		}
		require.Error(t, err)
		require.Eventually(t, func() bool { return r.sum(t, "failed_handshakes", "reason", reason) == 1 }, patience, time.Millisecond)
		line := r.logs.FilterField(zap.String("reason", reason)).All()
		require.Len(t, line, 1)
		require.Contains(t, line[0].ContextMap()["cause"], "client_ca_file")
		require.Equal(t, "127.0.0.1", line[0].ContextMap()["address"])
	}
}

// otherCertificate returns a self-signed certificate and its key in PEM.
func otherCertificate(t *testing.T) (certificate, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	require.NoError(t, err)
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
}

func TestWhatTheServerLogs(t *testing.T) {
	core, logs := observer.New(zapcore.DebugLevel)
	var failed handshakes
	l := &errorLog{zap.New(core), &failed}
	for _, c := range []struct {
		text   string
		reason string // empty when it is no handshake
	}{
		{"http: TLS handshake error from 10.0.0.1:1: EOF", "hung_up"},
		{"http: TLS handshake error from 10.0.0.1:1: read tcp 10.0.0.2:2->10.0.0.1:1: read: connection reset by peer", "hung_up"},
		{"http: TLS handshake error from 10.0.0.1:1: remote error: tls: unknown certificate authority", "handshake"},
		{"http: TLS handshake error from 10.0.0.1:1: i/o timeout", "handshake"},
		{"http: TLS handshake error from [::1]:1: tls: client didn't provide a certificate", "no_certificate"},
		{"http: TLS handshake error from 10.0.0.1:1: tls: failed to verify certificate: x509: certificate signed by unknown authority", "untrusted_certificate"},
		{"http: TLS handshake error from 10.0.0.1:1: client sent an HTTP request to an HTTPS server", "plain_http"},
		{"http: Accept error: too many open files; retrying in 5ms", ""},
		{"http: panic serving 10.0.0.1:1: oh\ngoroutine 1 [running]:", ""},
	} {
		n, err := l.Write([]byte(c.text + "\n"))
		require.NoError(t, err)
		require.Equal(t, len(c.text)+1, n)
		all := logs.TakeAll()
		require.Len(t, all, 1)
		if c.reason == "" {
			require.Equal(t, zapcore.ErrorLevel, all[0].Level)
			require.Equal(t, c.text, all[0].Message)
			continue
		}
		require.Equal(t, zapcore.DebugLevel, all[0].Level, "the table of senders has the warning")
		for reason := range failed.failed {
			want := 0
			if handshakeReasons[reason].name == c.reason {
				want = 1
			}
			require.EqualValues(t, want, failed.failed[reason].Swap(0), c.text)
		}
	}
}
