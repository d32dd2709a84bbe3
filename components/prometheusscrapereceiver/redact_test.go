package prometheusscrapereceiver

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
)

// A password in a place where Prometheus cannot read it, or with characters that it cannot read, is in no error.
func TestErrorsHoldNoSecrets(t *testing.T) {
	for text, want := range map[string]string{
		"proxy_url: 'http://user:hunter2%zz@proxy:3128'":                                      "a URL cannot be read: see url, proxy_url",
		"http_sd_configs: [{url: 'http://user:hunter2@host:port/x'}]":                         "a URL cannot be read: see url, proxy_url",
		"oauth2: {client_id: a, client_secret: hunter2, token_url: 'http://u:hunter2%zz@x/'}": "", // read when it is used
		"static_configs: [{targets: ['http://user:hunter2@x:1/metrics']}]":                    `"http://...@x:1/metrics" is not a valid hostname`,
		"static_configs: [{targets: ['http://user:a/\"b c@hunter2@x:1/metrics']}]":            `"http://...@x:1/metrics" is not a valid hostname`,
		"basic_auth: 'hun`ter2'":                             "cannot unmarshal !!str a value into config.plain",
		"basic_auth: hunter2":                                "cannot unmarshal !!str a value into config.plain",
		"basic_auth: 'hun`ter2'\nhonor_labels: perhaps":      "cannot unmarshal !!str a value into bool",
		"authorization: {credentials: hunter2, type: Basic}": `authorization type cannot be set to "basic"`,
		"basic_auth: {username: me, password: hunter2}\nauthorization: {credentials: hunter2}":    "at most one of",
		"kubernetes_sd_configs: [{role: pod, api_server: 'http://u:hunter2@x', bogus: hunter2}]":  "field bogus not found",
		"static_configs: [{targets: ['x:1'], labels: {'a b': 'http://u:hunter2@x'}}]\nbogus: yes": "field bogus not found",
	} {
		t.Run(text, func(t *testing.T) {
			retrieved, err := confmap.NewRetrievedFromYAML([]byte(text))
			require.NoError(t, err)
			job, err := retrieved.AsConf()
			require.NoError(t, err)
			written := job.ToStringMap()
			written["job_name"] = "node"
			err = (&Config{Prometheus: PrometheusConfig{map[string]any{"scrape_configs": []any{written}}}}).Validate()
			if want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, want)
			for _, secret := range []string{"hunter2", "ter2", "hun`"} {
				assert.NotContains(t, err.Error(), secret)
			}
			assert.NotContains(t, err.Error(), "line ")
			assert.Contains(t, err.Error(), `config::scrape_configs[0] (job "node"): `)
		})
	}
}
