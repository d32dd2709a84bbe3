package accesskeyauthextension

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// secretOf is the secret that belongs to an id in these tests, so a mixed pair shows.
func secretOf(id string) string { return "secret-of-" + id }

func writePair(t *testing.T, path, id string) {
	t.Helper()
	content, err := json.Marshal(map[string]string{"AccessKeyId": id, "AccessKeySecret": secretOf(id)})
	require.NoError(t, err)
	temp := path + ".new"
	require.NoError(t, os.WriteFile(temp, content, 0o600))
	require.NoError(t, os.Rename(temp, path))
}

// endpoint accepts the pairs of a set that can change while it runs, and counts what it saw.
type endpoint struct {
	*httptest.Server
	mu       sync.Mutex
	accepts  map[string]bool
	refusal  string
	status   int      // of a refusal, 401 when it is 0
	seen     []string // ids, in order
	accepted []string // bodies of accepted requests
	mixed    int
}

func newEndpoint(t *testing.T, ids ...string) *endpoint {
	t.Helper()
	e := &endpoint{}
	e.accept(ids...)
	e.Server = httptest.NewServer(http.HandlerFunc(e.serve))
	t.Cleanup(e.Close)
	return e
}

func (e *endpoint) accept(ids ...string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.accepts = map[string]bool{}
	for _, id := range ids {
		e.accepts[id] = true
	}
}

func (e *endpoint) serve(w http.ResponseWriter, r *http.Request) {
	var body strings.Builder
	if r.Body != nil {
		buf := make([]byte, 64)
		for {
			n, err := r.Body.Read(buf)
			body.Write(buf[:n])
			if err != nil {
				break
			}
		}
	}
	id, secret, _ := r.BasicAuth()
	w.Header().Set("X-Seen-Id", id)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.seen = append(e.seen, id)
	if secret != secretOf(id) {
		e.mixed++
	}
	if !e.accepts[id] || secret != secretOf(id) {
		w.WriteHeader(cmp.Or(e.status, http.StatusUnauthorized))
		_, _ = w.Write([]byte(e.refusal))
		return
	}
	e.accepted = append(e.accepted, body.String())
}

func (e *endpoint) ids() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.seen...)
}

// rig is a started extension with a client and what it logged.
type rig struct {
	*accessKeyAuth
	client *http.Client
	logs   *observer.ObservedLogs
}

func fileConfig(path string) *Config {
	cfg := createDefaultConfig().(*Config)
	cfg.File = configoptional.Some(FileConfig{Path: path})
	cfg.CheckInterval = 20 * time.Millisecond
	return cfg
}

func staticConfig(id string) *Config {
	cfg := createDefaultConfig().(*Config)
	cfg.Static = configoptional.Some(StaticConfig{AccessKeyID: id, AccessKeySecret: configopaque.String(secretOf(id))})
	return cfg
}

func startRig(t *testing.T, cfg *Config, known *destinations) *rig {
	t.Helper()
	set := extensiontest.NewNopSettings(NewFactory().Type())
	if known == nil {
		known = newMemory().destinations(set.ID)
	}
	return startRigWith(t, set, cfg, known)
}

func startRigWith(t *testing.T, set extension.Settings, cfg *Config, known *destinations) *rig {
	t.Helper()
	core, logs := observer.New(zap.DebugLevel)
	set.Logger = zap.New(core)
	ext, err := newAccessKeyAuth(set, cfg, known)
	require.NoError(t, err)
	require.NoError(t, ext.Start(context.Background(), componenttest.NewNopHost()))
	base := http.DefaultTransport.(*http.Transport).Clone()
	base.MaxIdleConnsPerHost = 100
	rt, err := ext.RoundTripper(base)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, ext.Shutdown(context.Background()))
		base.CloseIdleConnections()
	})
	return &rig{ext, &http.Client{Transport: rt}, logs}
}

// post sends a body and returns the status.
func (r *rig) post(t *testing.T, url string) int {
	t.Helper()
	resp, err := r.client.Post(url, "text/plain", strings.NewReader("samples"))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp.StatusCode
}

func (r *rig) waitFor(t *testing.T, id string) {
	t.Helper()
	require.Eventually(t, func() bool {
		cred := r.current.Load()
		return cred != nil && cred.pair.AccessKeyID == id
	}, 5*time.Second, time.Millisecond)
}

func keyPath(t *testing.T) string { return filepath.Join(t.TempDir(), "accesskey.json") }
