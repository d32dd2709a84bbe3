package remotewritereceiver

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

// Clients that fail at the handshake, as they really do: one warning, and all are counted.
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
	require.Len(t, warnings, 1)
	require.Contains(t, warnings[0].Message, "https://")
	require.Contains(t, warnings[0].ContextMap()["error"], "client sent an HTTP request to an HTTPS server")
	require.Empty(t, r.logs.FilterLevelExact(zapcore.ErrorLevel).All())
}

func TestWhatTheServerLogs(t *testing.T) {
	core, logs := observer.New(zapcore.DebugLevel)
	var failed atomic.Int64
	now := time.Unix(0, 0)
	l := &errorLog{logger: zap.New(core), failed: &failed, now: func() time.Time { return now }}
	for _, c := range []struct {
		after time.Duration
		text  string
		level zapcore.Level
	}{
		{0, "http: TLS handshake error from 10.0.0.1:1: EOF", zapcore.DebugLevel},
		{0, "http: TLS handshake error from 10.0.0.1:1: read tcp 10.0.0.2:2->10.0.0.1:1: read: connection reset by peer", zapcore.DebugLevel},
		{0, "http: TLS handshake error from 10.0.0.1:1: remote error: tls: unknown certificate authority", zapcore.WarnLevel},
		{59 * time.Second, "http: TLS handshake error from 10.0.0.1:1: remote error: tls: bad certificate", zapcore.DebugLevel},
		{time.Second, "http: TLS handshake error from 10.0.0.1:1: i/o timeout", zapcore.WarnLevel},
		{0, "http: Accept error: too many open files; retrying in 5ms", zapcore.ErrorLevel},
		{0, "http: panic serving 10.0.0.1:1: oh\ngoroutine 1 [running]:", zapcore.ErrorLevel},
	} {
		now = now.Add(c.after)
		n, err := l.Write([]byte(c.text + "\n"))
		require.NoError(t, err)
		require.Equal(t, len(c.text)+1, n)
		all := logs.TakeAll()
		require.Len(t, all, 1)
		require.Equal(t, c.level, all[0].Level, c.text)
		if c.level == zapcore.ErrorLevel {
			require.Equal(t, c.text, all[0].Message)
		} else {
			require.Equal(t, c.text, all[0].ContextMap()["error"])
		}
	}
	require.EqualValues(t, 5, failed.Load())
}
