package tlsreload

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/msp-collector/msp-collector/internal/secretfile/replacetest"
)

// server presents the certificate of who, and wants a client certificate signed by it.
type server struct {
	*httptest.Server
	who  atomic.Pointer[replacetest.Authority]
	seen atomic.Int32 // connections
}

func newServer(t *testing.T, who *replacetest.Authority, mutual bool) *server {
	s := &server{}
	s.who.Store(who)
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		now := s.who.Load()
		config := &tls.Config{Certificates: []tls.Certificate{now.Pair}, ClientCAs: now.Pool, MinVersion: tls.VersionTLS12}
		if mutual {
			config.ClientAuth = tls.RequireAndVerifyClientCert
		}
		return config, nil
	}}
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.seen.Add(1)
		}
	}
	s.Config.ErrorLog = zap.NewStdLog(zap.NewNop())
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// become makes the server present another certificate, on new connections only.
func (s *server) become(who *replacetest.Authority) {
	s.who.Store(who)
	s.CloseClientConnections()
}

type files struct{ ca, cert, key string }

func newClient(t *testing.T, f files) (*Client, *observer.ObservedLogs) {
	t.Helper()
	config := confighttp.NewDefaultClientConfig()
	config.TLS.CAFile, config.TLS.CertFile, config.TLS.KeyFile = f.ca, f.cert, f.key
	core, logs := observer.New(zap.InfoLevel)
	telemetry := componenttest.NewNopTelemetrySettings()
	telemetry.Logger = zap.New(core)
	client, err := NewClient(context.Background(), config, nil, telemetry)
	require.NoError(t, err)
	t.Cleanup(client.current.CloseIdleConnections)
	return client, logs
}

func (c *Client) get(url string) error {
	response, err := c.HTTP.Get(url)
	if err == nil {
		_ = response.Body.Close()
	}
	return err
}

// Each file alone and all together, in every way: the next connection uses the new ones.
func TestEveryWayOfReplacingEveryFile(t *testing.T) {
	former, next := replacetest.NewAuthority(t, "former"), replacetest.NewAuthority(t, "next")
	for _, way := range replacetest.Ways() {
		for _, mutual := range []bool{false, true} {
			name := way.Name + ", CA"
			if mutual {
				name = way.Name + ", CA, certificate and key"
			}
			t.Run(name, func(t *testing.T) {
				s := newServer(t, former, mutual)
				f := files{ca: filepath.Join(t.TempDir(), "ca.pem")}
				require.NoError(t, way.Write(f.ca, former.Cert))
				if mutual {
					f.cert, f.key = filepath.Join(t.TempDir(), "tls.crt"), filepath.Join(t.TempDir(), "tls.key")
					require.NoError(t, way.Write(f.cert, former.Cert))
					require.NoError(t, way.Write(f.key, former.Key))
				}
				client, logs := newClient(t, f)
				require.NoError(t, client.get(s.URL))
				changed := client.Changed()

				between := func() {
					client.Check()
					if way.Name != "mode 000 first" || os.Getuid() != 0 { // root reads the new one already
						require.NoError(t, client.get(s.URL), "the last good files stay in use")
					}
				}
				require.NoError(t, way.Replace(f.ca, next.Cert, between))
				if mutual {
					require.NoError(t, way.Replace(f.cert, next.Cert, client.Check))
					client.Check() // between two writes of a pair
					require.NoError(t, way.Replace(f.key, next.Key, client.Check))
				}
				s.become(next)
				client.Check()
				require.NoError(t, client.get(s.URL))
				<-changed
				require.Equal(t, "TLS files have changed, new connections use them", logs.All()[logs.Len()-1].Message)
				for _, line := range logs.All() {
					require.NotContains(t, fmt.Sprint(line.ContextMap()), "PRIVATE KEY")
				}
				count := logs.Len()
				client.Check()
				require.Equal(t, count, logs.Len(), "nothing has changed")
			})
		}
	}
}

// A certificate whose key is still the former one is never used, and is reported once.
func TestHalfAPairKeepsTheLastGoodOne(t *testing.T) {
	former, next := replacetest.NewAuthority(t, "former"), replacetest.NewAuthority(t, "next")
	s := newServer(t, former, true)
	dir := t.TempDir()
	f := files{filepath.Join(dir, "ca"), filepath.Join(dir, "cert"), filepath.Join(dir, "key")}
	for path, content := range map[string]string{f.ca: former.Cert, f.cert: former.Cert, f.key: former.Key} {
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	}
	client, logs := newClient(t, f)
	require.NoError(t, os.WriteFile(f.cert, []byte(next.Cert), 0o600))
	client.Check()
	client.Check()
	require.Equal(t, 1, logs.Len())
	require.Equal(t, "TLS files cannot be loaded, the last good ones stay in use", logs.All()[0].Message)
	require.NoError(t, client.get(s.URL))
	require.NoError(t, os.WriteFile(f.cert, []byte(former.Cert), 0o600))
	client.Check()
	require.Equal(t, 2, logs.Len(), "it can be loaded again")
	require.NoError(t, client.get(s.URL))
}

// A connection that was opened with the former files is not used again.
func TestIdleConnectionsEnd(t *testing.T) {
	who := replacetest.NewAuthority(t, "one")
	other := replacetest.NewAuthority(t, "other")
	s := newServer(t, who, false)
	ca := filepath.Join(t.TempDir(), "ca")
	require.NoError(t, os.WriteFile(ca, []byte(who.Cert), 0o600))
	client, _ := newClient(t, files{ca: ca})
	require.NoError(t, client.get(s.URL))
	require.NoError(t, client.get(s.URL))
	require.EqualValues(t, 1, s.seen.Load())
	require.NoError(t, os.WriteFile(ca, []byte(who.Cert+other.Cert), 0o600))
	client.Check()
	require.NoError(t, client.get(s.URL))
	require.EqualValues(t, 2, s.seen.Load())
	require.NoError(t, os.WriteFile(ca, []byte(other.Cert), 0o600))
	client.Check()
	require.Error(t, client.get(s.URL), "an authority that was taken out of the file is trusted no more")
}

func TestAFileThatCannotBeLoadedAtStartIsAnError(t *testing.T) {
	config := confighttp.NewDefaultClientConfig()
	config.TLS.CAFile = filepath.Join(t.TempDir(), "none")
	_, err := NewClient(context.Background(), config, nil, componenttest.NewNopTelemetrySettings())
	require.ErrorContains(t, err, config.TLS.CAFile)
}
