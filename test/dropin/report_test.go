package dropin

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// everySection has all that a collector does not honour.
const everySection = `global: {evaluation_interval: 15s, query_log_file: queries.log, rule_query_offset: 1m}
rule_files: [rules.yml]
alerting: {alertmanagers: [{static_configs: [{targets: ["alerts:9093"]}]}]}
remote_read: [{url: "http://127.0.0.1:1/read"}]
storage: {tsdb: {out_of_order_time_window: 30m}}
tracing: {endpoint: "localhost:4317"}
otlp: {promote_resource_attributes: [host.name]}
runtime: {gogc: 50}
scrape_configs: [{job_name: a, static_configs: [{targets: ["127.0.0.1:1"]}]}]
remote_write:
  - url: http://127.0.0.1:1/api/v1/write
    basic_auth: {username: LTAI5tReport, password: not-to-be-printed}
    round_robin_dns: true
    enable_http2: true
    follow_redirects: true
`

// validate runs the subcommand and returns what it prints.
func validate(t *testing.T, path string) (string, error) {
	t.Helper()
	process, err := harness.StartProcess(binary(t, "msp-collector"), []string{"validate", "--config=prometheus:" + path}, nil)
	require.NoError(t, err)
	t.Cleanup(process.Stop)
	err = process.Wait(deadline(t))
	return process.Output.String(), err
}

func TestWhatIsNotHonouredIsReported(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prometheus.yml")
	write(t, path, everySection)
	output, err := validate(t, path)
	require.NoError(t, err, output)
	t.Logf("validate prints:\n%s", strings.ReplaceAll(output, filepath.Dir(path)+"/", ""))
	expected := []string{
		":1: global.query_log_file: ", ":1: global.rule_query_offset: ", ":2: rule_files: ", ":3: alerting: ", ":4: remote_read: ", ":5: storage: ", ":6: tracing: ",
		":7: otlp: ", ":8: runtime: ", ":13: remote_write[0].round_robin_dns: ", ":14: remote_write[0].enable_http2: ", ":15: remote_write[0].follow_redirects: ",
	}
	for _, want := range expected {
		assert.Equal(t, 1, strings.Count(output, path+want), want)
	}
	assert.NotContains(t, output, "evaluation_interval")
	assert.NotContains(t, output, "not-to-be-printed")

	c := startCollector(t, "prometheus:"+path)
	require.NoError(t, c.Until(deadline(t), "it says that it is ready, after all there is to say of its file", func(context.Context) error {
		if !strings.Contains(c.Output.String(), "Everything is ready") {
			return errors.New("it does not say so")
		}
		return nil
	}))
	assert.Equal(t, 1, strings.Count(c.Output.String(), "are not honoured"), "one warning")
	for _, want := range expected {
		assert.Contains(t, c.Output.String(), path+want)
	}
}

func TestValidateRefusesAWrongFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prometheus.yml")
	write(t, path, strings.Replace(everySection, "round_robin_dns: true", "sigv4: {region: here}", 1))
	output, err := validate(t, path)
	require.Error(t, err)
	assert.Contains(t, output, "at most one of basic_auth, authorization, oauth2, sigv4, azuread or google_iam must be configured")
	write(t, path, strings.Replace(everySection, "basic_auth: {username: LTAI5tReport, password: not-to-be-printed}", "sigv4: {region: here}", 1))
	output, err = validate(t, path)
	require.Error(t, err)
	assert.Contains(t, output, path+":12: remote_write[0].sigv4 is not supported: ")
}
