package prometheusscrapereceiver

import (
	"testing"

	"github.com/prometheus/prometheus/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
)

// written is a configuration as the collector reads it.
func written(t *testing.T, text string) *Config {
	t.Helper()
	retrieved, err := confmap.NewRetrievedFromYAML([]byte(text))
	require.NoError(t, err)
	conf, err := retrieved.AsConf()
	require.NoError(t, err)
	return &Config{Prometheus: PrometheusConfig{conf.ToStringMap()}}
}

func TestTextsThatMayHaveChangedAreRefused(t *testing.T) {
	err := written(t, `
global: {external_labels: {cluster: 1e3}}
scrape_configs:
  - job_name: 1.10
    params: {version: [1, 1.0]}
    native_histogram_min_bucket_factor: 1.1
    static_configs:
      - {targets: ['127.0.0.1:1'], labels: {day: 2024-05-01, version: 1.10, sha: 1e10, port: 8080, quoted: "1.10"}}
      - {targets: ['127.0.0.1:2'], labels: {version: 1.10}}
    relabel_configs: [{target_label: a, replacement: 1.50}, {target_label: b, replacement: 8080}]
    basic_auth: {username: me, password: 12.50}
`).Validate()
	require.ErrorContains(t, err, `config::global::external_labels::cluster: its text may have changed, since it is read as a number with a fraction: quote it
config::scrape_configs[0]::basic_auth::password: its text may have changed, since it is read as a number with a fraction: quote it
config::scrape_configs[0]::job_name: its text may have changed, since it is read as a number with a fraction: quote it
config::scrape_configs[0]::params::version[1]: its text may have changed, since it is read as a number with a fraction: quote it
config::scrape_configs[0]::relabel_configs[0]::replacement: its text may have changed, since it is read as a number with a fraction: quote it
config::scrape_configs[0]::static_configs[0]::labels::day: its text may have changed, since it is read as a time: quote it
config::scrape_configs[0]::static_configs[0]::labels::sha: its text may have changed, since it is read as a number with a fraction: quote it
config::scrape_configs[0]::static_configs[0]::labels::version: its text may have changed, since it is read as a number with a fraction: quote it
config::scrape_configs[0]::static_configs[1]::labels::version: its text may have changed, since it is read as a number with a fraction: quote it`)
	assert.NotContains(t, err.Error(), "12.5")
}

// What is not refused is to the collector what it is to Prometheus.
func TestScalarsMeanWhatTheyMeanToPrometheus(t *testing.T) {
	for name, text := range map[string]string{
		"texts":    `scrape_configs: [{job_name: yes, static_configs: [{targets: ['x:1'], labels: {port: 8080, on: yes, off: "no", is: true, none: null, big: 18446744073709551615, minus: -1}}]}]`,
		"booleans": `scrape_configs: [{job_name: a, honor_labels: yes, honor_timestamps: off, static_configs: [{targets: ['x:1'], labels: {on: yes, regex: on}}]}]`,
		"numbers":  `scrape_configs: [{job_name: a, native_histogram_min_bucket_factor: 1.5, sample_limit: 0x10, static_configs: [{targets: ['x:1']}]}]`,
		"both":     `scrape_configs: [{job_name: no, enable_http2: No, relabel_configs: [{regex: on, target_label: yes, replacement: off}]}]`,
	} {
		t.Run(name, func(t *testing.T) {
			c := written(t, text)
			require.NoError(t, c.Validate())
			loaded, err := c.Prometheus.parse()
			require.NoError(t, err)
			want, err := config.Load(text, discardLogger)
			require.NoError(t, err)
			assert.Equal(t, want.String(), loaded.String())
		})
	}
}

func TestErrorsNameTheJob(t *testing.T) {
	for text, want := range map[string]string{
		`scrape_configs: [{job_name: a}, {job_name: node, honor_labels: perhaps}, {scheme: http}]`:                                      "config::scrape_configs[1] (job \"node\"): yaml: unmarshal errors:\n  cannot unmarshal !!str a value into bool\nconfig::scrape_configs[2]: job_name is empty",
		`{global: {scrape_interval: soon}, scrape_configs: [{job_name: a}]}`:                                                            "config::global: not a valid duration string",
		`{global: {scrape_interval: 5s, scrape_timeout: 5s}, scrape_configs: [{job_name: a, scrape_interval: 1s, scrape_timeout: 2s}]}`: `config::scrape_configs[0] (job "a"): scrape timeout greater`,
		`scrape_configs: [{job_name: a}, {job_name: a}]`:                                                                                `config: found multiple scrape configs with job name "a"`,
		`{scrape_configs: {job_name: a}}`:                                                                                               "config: yaml: unmarshal errors",
	} {
		require.ErrorContains(t, written(t, text).Validate(), want)
	}
}
