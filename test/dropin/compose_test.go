package dropin

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// fill replaces names in a text, given as pairs.
func fill(text string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(text) }

// withNames waits until series of these names have been delivered.
func withNames(endpoint *harness.Endpoint, names ...string) func(context.Context) error {
	return func(context.Context) error {
		found := map[string]bool{}
		for _, request := range endpoint.Received() {
			for i := range request.Series {
				found[request.Series[i].Label("__name__")] = true
			}
		}
		for _, name := range names {
			if !found[name] {
				return fmt.Errorf("no %s", name)
			}
		}
		return nil
	}
}

// The example of docs/migrate-from-prometheus.md: what is received over OTLP goes the way of what is scraped.
func TestAFurtherFileAddsAReceiver(t *testing.T) {
	const example = "testdata/otlp.yaml"
	content, err := os.ReadFile(example)
	require.NoError(t, err)
	root, err := harness.Root()
	require.NoError(t, err)
	guide, err := os.ReadFile(filepath.Join(root, "docs", "migrate-from-prometheus.md"))
	require.NoError(t, err)
	assert.Contains(t, string(guide), string(content), "the guide shows what is tested")

	endpoint := harness.StartEndpoint(nil)
	t.Cleanup(endpoint.Close)
	address, debug := freeAddress(t), freeAddress(t)
	directory := t.TempDir()
	path, further := filepath.Join(directory, "prometheus.yml"), filepath.Join(directory, "otlp.yaml")
	write(t, path, fill(existing+"remote_write: [{url: ENDPOINT, basic_auth: {username: LTAI5tCompose, password: topsecret}, queue_config: {batch_send_deadline: 100ms}}]\n", "ENDPOINT", endpoint.URL))
	write(t, further, fill(string(content), "127.0.0.1:4318", address, "127.0.0.1:1777", debug))
	c := startCollector(t, "prometheus:"+path, "--config="+further)
	push := harness.StartPush(t.Context(), "http://"+address, 1, time.Second)
	t.Cleanup(func() { push.Stop() })
	require.NoError(t, c.Until(deadline(t), "both are delivered", withNames(endpoint, "up", harness.PushedMetric)))
	_, err = harness.Fetch(deadline(t), "http://"+debug+"/debug/pprof/cmdline")
	require.NoError(t, err, "the extension of the file runs")
	page, err := harness.Fetch(deadline(t), c.statusURL+"/ready")
	require.NoError(t, err, "and those of the collector do")
	assert.Contains(t, page, "ready")
	assert.NotEmpty(t, endpoint.Received()[0].Header.Get("Authorization"))
}

func freeAddress(t *testing.T) string {
	t.Helper()
	address, err := harness.FreeAddress()
	require.NoError(t, err)
	return address
}

// What the converter prints starts as it is, scrapes, and delivers once the secrets are where it says.
func TestConvertedConfigurationsStart(t *testing.T) {
	endpoint := harness.StartEndpoint(nil)
	t.Cleanup(endpoint.Close)
	all := startTargets(t)
	directory := t.TempDir()
	path := filepath.Join(directory, "prometheus.yml")
	write(t, path, all.place(fill(`rule_files: [a.yml]
scrape_configs:
  # The shop.
  - job_name: shop
    scrape_interval: 1s
    metrics_path: /echo
    params: {dollar: ['$1', '${env:HOME}']}
    metric_relabel_configs: [{source_labels: [part], regex: (.*), target_label: made, replacement: x-$1}]
    static_configs: [{targets: [TARGET_A]}]
  - job_name: private
    scrape_interval: 1s
    metrics_path: /private
    basic_auth: {username: me, password: topsecret1}
    static_configs: [{targets: [TARGET_A]}]
remote_write:
  - url: ENDPOINT
    name: main
    basic_auth: {username: LTAI5tConvert, password: topsecret2}
    queue_config: {batch_send_deadline: 100ms}
`, "ENDPOINT", endpoint.URL)))
	process, err := harness.StartProcess(binary(t, "msp-collector-convert"), []string{path}, nil)
	require.NoError(t, err)
	t.Cleanup(process.Stop)
	require.NoError(t, process.Wait(deadline(t)))
	printed := process.Output.String()
	assert.NotContains(t, printed, "topsecret")
	assert.Contains(t, printed, "# The shop.")
	assert.Contains(t, printed, "# Not carried over: "+path+":1: rule_files: ")

	state := t.TempDir()
	converted := filepath.Join(directory, "collector.yaml")
	write(t, converted, fill(printed, "/etc/msp-collector/secrets", filepath.Join(directory, "secrets"), "/var/lib/msp-collector", state))
	c := startCollector(t, converted)
	require.NoError(t, c.Until(deadline(t), "it scrapes without a secret", func(ctx context.Context) error {
		accepted, err := c.metric(ctx, "otelcol_exporter_managed_prometheus_accepted_samples", "")
		if err == nil && accepted[""] == 0 {
			err = errors.New("nothing yet")
		}
		return err
	}))
	assert.Zero(t, endpoint.Count(), "without the AccessKey pair nothing is sent")
	write(t, filepath.Join(directory, "secrets", "private_basic_auth_password"), "topsecret1\n")
	write(t, filepath.Join(directory, "secrets", "main.secret"), "topsecret2\n")
	require.NoError(t, c.Until(deadline(t), "all is delivered", withNames(endpoint, "asked", "admitted")))
	request := endpoint.Received()[0]
	assert.Equal(t, "Basic TFRBSTV0Q29udmVydDp0b3BzZWNyZXQy", request.Header.Get("Authorization"))
	var labels []string
	for _, request := range endpoint.Received() {
		for i := range request.Series {
			labels = append(labels, request.Series[i].String())
		}
	}
	text := strings.Join(labels, "\n")
	assert.Contains(t, text, `made="x-query"`)
	assert.Contains(t, text, `value="dollar=%241&dollar=%24%7Benv%3AHOME%7D"`)
	assert.Contains(t, text, `authorization="Basic bWU6dG9wc2VjcmV0MQ=="`)
}
