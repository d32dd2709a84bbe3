package translate

import (
	"testing"

	promconfig "github.com/prometheus/common/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// Every secret that Prometheus knows of is replaced, in the entries and in the jobs, and what replaces it says where it was.
func TestReplacedSecretsAreNowhere(t *testing.T) {
	path := write(t, `# The first line.
scrape_config_files: [more.yml]
scrape_configs:
  # What we scrape.
  - job_name: node
    basic_auth: {username: me, password: topsecret1}
    tls_config:
      key: topsecret2
      cert: public
    relabel_configs: [{source_labels: [a], target_label: b, replacement: $1}]
    proxy_url: http://u:topsecret3@proxy:1
    http_headers: {X: {secrets: [topsecret4]}}
    consul_sd_configs: [{server: 'localhost:8500', token: topsecret5}]
  - job_name: api
    authorization: {credentials: topsecret6}
  - job_name: old
    bearer_token: topsecret7
remote_write:
  - {url: 'http://a/write', name: a, basic_auth: {username: LTAI, password: topsecret8}}
  - {url: 'http://u:topsecret9@b/write', name: b}
  - {url: 'http://c/write', name: c, authorization: {credentials: topsecret10}, http_headers: {X: {secrets: [topsecret11]}}, proxy_url: 'http://u:topsecret12@proxy:1', tls_config: {key: topsecret13, cert: public}}
`, "more.yml", "scrape_configs: [{job_name: more, oauth2: {client_id: c, client_secret: topsecret14, token_url: 'http://h'}}]")
	result, err := translated(t, path, Replaced)
	require.NoError(t, err)
	printed, err := result.YAML()
	require.NoError(t, err)
	again, err := result.YAML()
	require.NoError(t, err)
	assert.Equal(t, string(printed), string(again))
	assert.NotContains(t, string(printed), "topsecret")
	for _, want := range []string{
		"# put what stands in line 6 of the prometheus.yml into this file\n",
		"password_file: /etc/msp-collector/secrets/node_basic_auth_password\n",
		"key_file: /etc/msp-collector/secrets/node_tls_config_key\n",
		"proxy_url: ${env:MSP_NODE_PROXY_URL:-http://proxy:1}\n",
		"${env:MSP_NODE_HTTP_HEADERS_X_SECRETS}",
		"token: ${env:MSP_NODE_CONSUL_SD_CONFIGS_TOKEN}",
		"credentials_file: /etc/msp-collector/secrets/api_authorization_credentials\n",
		"credentials_file: /etc/msp-collector/secrets/old_authorization_credentials\n",
		"client_secret_file: /etc/msp-collector/secrets/more_oauth2_client_secret\n",
		"access_key_secret_path: /etc/msp-collector/secrets/a.secret\n",
		"access_key_secret_path: /etc/msp-collector/secrets/b.secret\n",
		"filename: /etc/msp-collector/secrets/c.token\n",
		"key_file: /etc/msp-collector/secrets/c.key\n",
		"X: ${env:MSP_C_X}\n",
		"proxy_url: ${env:MSP_C_PROXY_URL:-http://proxy:1}\n",
		"replacement: $$1",
		"# What we scrape.\n",
	} {
		assert.Contains(t, string(printed), want)
	}
	var values map[string]any
	require.NoError(t, yaml.Unmarshal(printed, &values))
}

// A secret that Prometheus shows nowhere is found all the same, and one that is also public is not mistaken.
func TestWhatIsLeftOfSecretsIsFound(t *testing.T) {
	loaded := &struct {
		Name   string
		Secret promconfig.Secret
	}{"admin", "admin"}
	public := map[any]any{"name": "admin", "secret": hidden}
	assert.Nil(t, leftover(mapping("name", text("admin"), "secret_file", text("/f")), loaded, public))
	left := leftover(mapping("name", text("admin"), "older", list(text("admin"))), loaded, public)
	require.NotNil(t, left)
	assert.Equal(t, "admin", left.Value)
}
