package dropin

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// startProxy starts an HTTP proxy, and returns its URL and how many requests have passed it.
func startProxy(t *testing.T) (address string, passed *atomic.Int64) {
	t.Helper()
	passed = &atomic.Int64{}
	// A proxy is asked for whole URLs. Its own transport has no proxy.
	forward := &httputil.ReverseProxy{Rewrite: func(*httputil.ProxyRequest) {}, Transport: &http.Transport{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		passed.Add(1)
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, passed
}

// Prometheus and the collector use the proxy of the environment where the file says so, and nowhere else. Go never uses it for
// loopback addresses; 0.0.0.0 is none, and still this host.
func TestTheProxyOfTheEnvironmentIsUsedAsInPrometheus(t *testing.T) {
	address, _ := startProxy(t)
	t.Setenv("HTTP_PROXY", address)
	t.Setenv("NO_PROXY", "")
	for name, c := range map[string]struct {
		entry   string
		proxied bool
	}{
		"not mentioned":          {"", false},
		"proxy_from_environment": {"proxy_from_environment: true, ", true},
		"proxy_url":              {"proxy_url: OTHER, ", true},
		"no_proxy":               {"proxy_url: OTHER, no_proxy: 0.0.0.0, ", false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, scraper := range []string{"Prometheus", "collector"} {
				proxy, passed := startProxy(t)
				if c.proxied && !strings.Contains(c.entry, "OTHER") {
					t.Setenv("HTTP_PROXY", proxy)
				}
				endpoint := harness.StartEndpoint(nil)
				t.Cleanup(endpoint.Close)
				directory := t.TempDir()
				path := filepath.Join(directory, "prometheus.yml")
				write(t, path, fill(existing+"remote_write: [{"+c.entry+"url: ENDPOINT, queue_config: {batch_send_deadline: 100ms}}]\n",
					"ENDPOINT", strings.Replace(endpoint.URL, "127.0.0.1", "0.0.0.0", 1), "OTHER", proxy))
				var process *harness.Process
				if scraper == "collector" {
					c := startCollector(t, "prometheus:"+path)
					assert.NotContains(t, c.Output.String(), "proxy of the environment")
					process = c.Process
				} else {
					process = startPrometheus(t, directory, path).Process
				}
				require.NoError(t, process.Until(deadline(t), "a request arrives", func(context.Context) error {
					if endpoint.Count() == 0 {
						return errors.New("not yet")
					}
					return nil
				}))
				assert.Equal(t, c.proxied, passed.Load() > 0, "%s: %d requests have passed the proxy", scraper, passed.Load())
				process.Stop()
			}
		})
	}
}

// startPrometheus runs a file as a Prometheus server does.
func startPrometheus(t *testing.T, directory, path string) *harness.Prometheus {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	prometheus, err := harness.StartPrometheus(deadline(t), harness.PrometheusSettings{
		Directory: directory, Config: string(content), Users: []harness.AccessKey{harness.NewAccessKey()},
	})
	require.NoError(t, err)
	t.Cleanup(prometheus.Stop)
	return prometheus
}
