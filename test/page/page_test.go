package page

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

func deadline(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// start starts a collector with a pair of its own, which it returns.
func start(t *testing.T, settings harness.CollectorSettings, key harness.AccessKey) *harness.Collector {
	t.Helper()
	settings.Directory = t.TempDir()
	settings.AccessKeyFile = filepath.Join(settings.Directory, "accesskey.json")
	require.NoError(t, os.WriteFile(settings.AccessKeyFile, key.JSON(), 0o600))
	settings.Env = append(settings.Env, "MSP_SCRAPE_INTERVAL=1s", "MSP_CLUSTER=page")
	collector, err := harness.StartCollector(deadline(t), settings)
	require.NoError(t, err)
	t.Cleanup(func() {
		collector.Stop()
		if t.Failed() {
			t.Logf("last output of the collector:\n%s", collector.Output.Tail(20))
		}
	})
	return collector
}

func startEndpoint(t *testing.T, policy harness.Policy) *harness.Endpoint {
	t.Helper()
	endpoint := harness.StartEndpoint(nil)
	endpoint.Answer(policy)
	t.Cleanup(endpoint.Close)
	return endpoint
}

func startPrometheus(t *testing.T, key harness.AccessKey) *harness.Prometheus {
	t.Helper()
	prometheus, err := harness.StartPrometheus(deadline(t), harness.PrometheusSettings{Directory: t.TempDir(), Users: []harness.AccessKey{key}})
	require.NoError(t, err)
	t.Cleanup(prometheus.Stop)
	return prometheus
}

// looked is done in every state: the page is accessible, has no secret, and is whole without JavaScript.
func looked(t *testing.T, page *tab, url string, key harness.AccessKey, name string, whole ...string) {
	t.Helper()
	page.shoot(name)
	page.accessible(t)
	page.scheme("dark")
	page.shoot(name + "-dark")
	page.scheme("light")
	without := page.unscripted(url)
	for _, part := range whole {
		require.Contains(t, without, part, "without JavaScript")
	}
	require.Empty(t, key.Leaks(page.text()+without))
}

func TestHealthy(t *testing.T) {
	key := harness.NewAccessKey()
	prometheus := startPrometheus(t, key)
	collector := start(t, harness.CollectorSettings{Config: "quickstart.yaml", RemoteWriteURL: prometheus.RemoteWriteURL()}, key)
	page := open(t, collector.StatusURL)
	page.reads("Ok Samples are delivered as they come in.", "managed_prometheus delivering", "No samples were dropped since the last start or reload.",
		key.ID[len(key.ID)-4:]+" accepted", "Job msp-collector: 1 up, 0 down", "Arrival arrived", "was found at the destination")
	looked(t, page, collector.StatusURL, key, "healthy", "delivering", "Job msp-collector")
}

func TestHeldAfter401(t *testing.T) {
	key := harness.NewAccessKey()
	endpoint := startEndpoint(t, harness.Always(harness.Answer{Status: 401, Body: `{"errorCode":"Unauthorized","errorMessage":"AccessKeyId is disabled"}`}))
	collector := start(t, harness.CollectorSettings{Config: "agent.yaml", RemoteWriteURL: endpoint.URL,
		Overrides: []string{"yaml:exporters::managed_prometheus::auth_probe_interval: 1s"}}, key)
	page := open(t, collector.StatusURL)
	page.reads("Critical managed_prometheus: delivery is blocked: the endpoint rejects the AccessKey pair, because the AccessKey is disabled.", "managed_prometheus held", "samples are queued on disk and will be sent once a valid pair is configured", "The AccessKey is disabled.", "What to do:", "enable it again in the RAM console",
		`"errorMessage":"AccessKeyId is disabled"`, "refused")
	looked(t, page, collector.StatusURL, key, "held", "The AccessKey is disabled.", "What to do:")
	endpoint.Answer(harness.Accept)
	page.reads("managed_prometheus delivering") // by itself
}

func TestEndpointDown(t *testing.T) {
	key := harness.NewAccessKey()
	address, err := harness.FreeAddress()
	require.NoError(t, err)
	collector := start(t, harness.CollectorSettings{Config: "agent.yaml", RemoteWriteURL: "http://" + address + "/api/v1/write"}, key)
	page := open(t, collector.StatusURL)
	page.reads("Critical managed_prometheus: requests to the endpoint fail and are retried, because nothing listens at 127.0.0.1 port", "managed_prometheus down", "samples are queued on disk and will be sent once the endpoint accepts requests", "Nothing listens at 127.0.0.1 port", "allow outbound TCP", "connection refused")
	looked(t, page, collector.StatusURL, key, "down", "Nothing listens at 127.0.0.1 port")
}

func TestBehind(t *testing.T) {
	key := harness.NewAccessKey()
	endpoint := startEndpoint(t, func(int, harness.Received) harness.Answer {
		slow := harness.NewGate()
		time.AfterFunc(time.Second, slow.Open)
		return harness.Answer{Status: http.StatusNoContent, Gate: slow}
	})
	collector := start(t, harness.CollectorSettings{Config: "gateway.yaml", RemoteWriteURL: endpoint.URL,
		Overrides: []string{"yaml:exporters::managed_prometheus::queue_config::max_shards: 1"}}, key)
	var series []prompb.TimeSeries
	for i := range 200_000 {
		series = append(series, harness.SeriesOf(time.Now().Add(-time.Hour).UnixMilli(), 1, "__name__", "old", "n", fmt.Sprint(i)))
	}
	reply, err := harness.Write(deadline(t), http.DefaultClient, collector.WriteURL, harness.AccessKey{}, series)
	require.NoError(t, err)
	require.Equal(t, http.StatusNoContent, reply.Status, reply.Body)
	page := open(t, collector.StatusURL)
	page.reads("managed_prometheus behind", "Delivery works", "Time to drain", "1 h", "remote_write", "200,000")
	looked(t, page, collector.StatusURL, key, "behind", "behind")
}

func TestFallbackInUse(t *testing.T) {
	key := harness.NewAccessKey()
	prometheus := startPrometheus(t, key)
	collector := start(t, harness.CollectorSettings{Config: "quickstart.yaml", RemoteWriteURL: prometheus.RemoteWriteURL()}, key)
	page := open(t, collector.StatusURL)
	page.reads(key.ID[len(key.ID)-4:] + " accepted")
	next := harness.NewAccessKey()
	require.NoError(t, os.WriteFile(collector.AccessKeyFile, next.JSON(), 0o600))
	page.reads("managed_prometheus delivering (fallback)", "Warning managed_prometheus:", "Samples are delivered with the previous AccessKey pair until", "The new AccessKey pair", "is rejected: delivery continues with the previous one", "fallback",
		next.ID[len(next.ID)-4:], "keep the previous one enabled until then")
	looked(t, page, collector.StatusURL, next, "fallback", "is rejected: delivery continues with the previous one")
}
