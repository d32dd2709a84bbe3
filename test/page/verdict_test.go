package page

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// verdict waits until the page has one, at its top, in its title and in its icon.
func (p *tab) verdict(level, name string) {
	p.t.Helper()
	var is bool
	require.Eventually(p.t, func() bool {
		p.do(chromedp.Evaluate(fmt.Sprintf(`document.querySelector(".verdict").classList.contains(%q) && document.title.startsWith(%q) &&
			document.querySelector("link[rel=icon]").href.endsWith("/assets/%s.svg")`, level, name+" · ", level), &is))
		return is
	}, patience, 100*time.Millisecond, "%s in\n%s", level, later{p.text})
}

func (p *tab) evaluates(expression string) bool {
	p.t.Helper()
	var is bool
	p.do(chromedp.Evaluate(expression, &is))
	return is
}

// write sends samples of now to the collector's remote_write.
func write(t *testing.T, collector *harness.Collector, key harness.AccessKey, want int, series ...string) {
	t.Helper()
	var all []prompb.TimeSeries
	for _, name := range series {
		all = append(all, harness.SeriesOf(time.Now().UnixMilli(), 1, "__name__", name))
	}
	reply, err := harness.Write(deadline(t), http.DefaultClient, collector.WriteURL, key, all)
	require.NoError(t, err)
	require.Equal(t, want, reply.Status, reply.Body)
}

// A destination that drops some samples and accepts the others is not green.
func TestSamplesAreDropped(t *testing.T) {
	key := harness.NewAccessKey()
	endpoint := startEndpoint(t, harness.Poison("__name__", "poisoned"))
	collector := start(t, harness.CollectorSettings{Config: "gateway.yaml", RemoteWriteURL: endpoint.URL}, key)
	write(t, collector, harness.AccessKey{}, http.StatusNoContent, "good")
	page := open(t, collector.StatusURL)
	page.verdict("ok", "Ok")
	write(t, collector, harness.AccessKey{}, http.StatusNoContent, "good", "poisoned", "better")
	page.verdict("critical", "Critical")
	page.reads("managed_prometheus: 1 sample was dropped in the last 10 minutes", "managed_prometheus delivering, samples dropped", "Samples are delivered, but 1 sample was dropped", "refused")
	looked(t, page, collector.StatusURL, key, "dropped", "1 sample was dropped in the last 10 minutes")
}

// A job of which every target is down is unfolded while somebody looks, and counts.
func TestAJobGoesDown(t *testing.T) {
	key := harness.NewAccessKey()
	endpoint := startEndpoint(t, harness.Accept)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("metric 1\n")) }))
	t.Cleanup(target.Close)
	collector := start(t, harness.CollectorSettings{Config: "agent.yaml", RemoteWriteURL: endpoint.URL, Overrides: []string{fmt.Sprintf(
		"yaml:receivers::prometheus_scrape::config::scrape_configs: [{job_name: node, scrape_interval: 1s, scrape_timeout: 1s, static_configs: [{targets: [%q]}]}]", target.Listener.Addr())}}, key)
	page := open(t, collector.StatusURL)
	page.reads("Job node: 1 up, 0 down")
	page.verdict("ok", "Ok")
	const unfolded = `document.querySelector("details").open`
	require.False(t, page.evaluates(unfolded))
	target.Close()
	page.verdict("critical", "Critical")
	page.reads("Job node: all targets are down, 1 of 1", "Job node: 0 up, 1 down", "connection refused")
	require.True(t, page.evaluates(unfolded), "the reason is seen without a click")
	looked(t, page, collector.StatusURL, key, "targets", "all targets are down")
}

func TestASenderIsRefused(t *testing.T) {
	key, client := harness.NewAccessKey(), harness.NewAccessKey()
	endpoint := startEndpoint(t, harness.Accept)
	clients := filepath.Join(t.TempDir(), "clients.json")
	content, err := json.Marshal([]harness.AccessKey{client})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(clients, content, 0o600))
	collector := start(t, harness.CollectorSettings{Config: "gateway.yaml", RemoteWriteURL: endpoint.URL, Overrides: []string{
		fmt.Sprintf("yaml:extensions::accesskey_auth/clients::server::file: %q", clients),
		"yaml:service::extensions: [delivery_status, health_check, accesskey_auth, accesskey_auth/clients]",
		"yaml:receivers::remote_write::http::auth::authenticator: accesskey_auth/clients",
	}}, key)
	write(t, collector, client, http.StatusNoContent, "good")
	page := open(t, collector.StatusURL)
	page.verdict("ok", "Ok")
	write(t, collector, harness.AccessKey{ID: client.ID, Secret: "wrong"}, http.StatusUnauthorized, "lost")
	page.verdict("warning", "Warning")
	page.reads("accesskey_auth/clients refuses senders", "from 127.0.0.1", "Senders that accesskey_auth/clients refuses: 1 requests")
	looked(t, page, collector.StatusURL, client, "senders", "refuses senders")
}

// A prometheus.yml whose change is refused, and a page whose collector has died.
func TestAReloadIsRefused(t *testing.T) {
	endpoint := startEndpoint(t, harness.Accept)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("metric 1\n")) }))
	t.Cleanup(target.Close)
	directory, key := t.TempDir(), harness.NewAccessKey()
	file := filepath.Join(directory, "prometheus.yml")
	good := fmt.Sprintf("global: {scrape_interval: 1s}\nscrape_configs: [{job_name: node, static_configs: [{targets: [%q]}]}]\nremote_write: [{url: %q, name: main, basic_auth: {username: %s, password: %s}}]\n",
		target.Listener.Addr(), endpoint.URL, key.ID, key.Secret)
	require.NoError(t, os.WriteFile(file, []byte(good), 0o600))
	own, err := harness.NewOwnEndpoints()
	require.NoError(t, err)
	binary, err := harness.Binary("msp-collector")
	require.NoError(t, err)
	process, err := harness.StartProcess(binary, []string{"--config=prometheus:" + file}, append(own.Env, "STATE_DIRECTORY="+directory))
	require.NoError(t, err)
	t.Cleanup(process.Stop)
	require.NoError(t, process.Until(deadline(t), "it serves the page", func(ctx context.Context) error {
		_, err := harness.Fetch(ctx, own.StatusURL+"/ready")
		return err
	}))

	page := open(t, own.StatusURL)
	page.verdict("ok", "Ok")
	page.reads("configuration prometheus:"+file, "PID ")
	require.NoError(t, os.WriteFile(file, []byte(good+"remote_wirte: []\n"), 0o600))
	page.verdict("critical", "Critical")
	page.reads("The changed configuration was refused", "and the one before it is in use", "remote_wirte", "a restart of the collector would fail")
	looked(t, page, own.StatusURL, key, "reload", "The changed configuration was refused")
	require.NoError(t, os.WriteFile(file, []byte(good), 0o600))
	page.verdict("ok", "Ok")

	page.forgive()
	process.Stop()
	page.reads("Out of date: the collector does not answer. What is shown is the state of")
	require.True(t, page.evaluates(`document.body.classList.contains("stale") && document.title.startsWith("Out of date")`))
	const green = `getComputedStyle(document.querySelector(".verdict h2")).color === getComputedStyle(document.querySelector(".endpoint")).color`
	require.True(t, page.evaluates(green), "what is old is grey")
	page.shoot("stale")
}
