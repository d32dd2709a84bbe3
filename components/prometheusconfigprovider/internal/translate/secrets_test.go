package translate

import (
	"strings"
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
  - {url: 'http://d/write', name: d, oauth2: {client_id: c, client_secret: topsecret15, token_url: 'http://u:topsecret18@h', endpoint_params: {password: topsecret19, audience: a}, tls_config: {key: topsecret16, cert: public}, proxy_url: 'http://u:topsecret17@proxy:1'}}
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
		"password_file: /etc/msp-collector/secrets/a.secret\n",
		"password_file: /etc/msp-collector/secrets/b.secret\n",
		"credentials_file: /etc/msp-collector/secrets/c.token\n",
		"#   key_file: /etc/msp-collector/secrets/c.key\n",
		"#   cert_pem: \"public\"\n",
		"client_secret_file: /etc/msp-collector/secrets/d.client_secret\n",
		"#   key_file: /etc/msp-collector/secrets/d.oauth2.key\n",
		"proxy_url: ${env:MSP_D_OAUTH2_PROXY_URL:-http://proxy:1}\n",
		"password: ${env:MSP_D_OAUTH2_PASSWORD}\n",
		"token_url: ${env:MSP_D_OAUTH2_TOKEN_URL:-http://h}\n",
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

// Secrets that Prometheus does not take for such are replaced as well: in URLs, parameters, headers, and in comments.
func TestSecretsThatPrometheusShowsAreReplaced(t *testing.T) {
	path := write(t, `scrape_configs:
  # password: topsecret0
  - job_name: a
    metrics_path: /metrics?token=topsecret1
    params: {access_token: [topsecret2], module: [http_2xx], target: [AKf93jKLw02mdTOPSECRETq8]}
    http_headers: {X-Custom: {values: [topsecret3]}, X-Scope-OrgID: {values: [tenant-1]}}
    oauth2: {client_id: c, client_secret_file: f, token_url: 'https://u:topsecret4@host/token?api_key=topsecret5&scope=all', endpoint_params: {password: topsecret6, audience: all}}
    http_sd_configs: [{url: 'http://u:topsecret7@sd/targets?env=prod'}] # was topsecret7
    static_configs: [{targets: [x], labels: {__param_token: topsecret8, __param_module: http_2xx, env: prod}}]
    relabel_configs:
      - {target_label: __param_apikey, replacement: topsecret9}
      - {source_labels: [a], target_label: b, replacement: 'http://x/?q=$1'}
  - {job_name: A, http_headers: {X-Custom: {values: [topsecret10]}}}
remote_write:
  - {url: 'http://h/write?tenant=1&token=topsecret11', name: main, headers: {X-Key: topsecret12, X-Scope-OrgID: tenant-2}, http_headers: {X-More: {values: [topsecret13]}}}
`)
	result, err := translated(t, path, Replaced)
	require.NoError(t, err)
	content, err := result.YAML()
	require.NoError(t, err)
	printed := string(content)
	assert.NotContains(t, strings.ReplaceAll(strings.ToLower(printed), "/testsecretsthat", ""), "topsecret")
	for _, want := range []string{
		"metrics_path: ${env:MSP_A_METRICS_PATH:-/metrics}\n", "module: [http_2xx]", "access_token:", "${env:MSP_A_PARAMS_ACCESS_TOKEN}", "${env:MSP_A_PARAMS_TARGET}",
		"${env:MSP_A_HTTP_HEADERS_X_CUSTOM_VALUES}", "tenant-1", "${env:MSP_A_OAUTH2_TOKEN_URL:-https://host/token?scope=all}", "audience: all", "${env:MSP_A_OAUTH2_ENDPOINT_PARAMS_PASSWORD}",
		"${env:MSP_A_HTTP_SD_CONFIGS_URL:-http://sd/targets?env=prod}", "__param_module: http_2xx", "env: prod", "${env:MSP_A_STATIC_CONFIGS_LABELS___PARAM_TOKEN}",
		"${env:MSP_A_RELABEL_CONFIGS_REPLACEMENT}", "replacement: 'http://x/?q=$$1'", "${env:MSP_A_HTTP_HEADERS_X_CUSTOM_VALUES_2}", "# was <removed>", "# password: <removed>",
		"endpoint: ${env:MSP_MAIN_URL:-http://h/write?tenant=1}\n", "X-Key: ${env:MSP_MAIN_X_KEY}", "X-Scope-OrgID: tenant-2", "X-More: ${env:MSP_MAIN_X_MORE}",
	} {
		assert.Contains(t, printed, want)
	}
	var values map[string]any
	require.NoError(t, yaml.Unmarshal(content, &values))
}

// Whether there is a key for a file is asked of the type around the secret, not of the secret's name.
func TestFileKeysAreThoseOfTheType(t *testing.T) {
	for keys, want := range map[string]string{
		"basic_auth.password": "password_file", "authorization.credentials": "credentials_file", "oauth2.client_secret": "client_secret_file", "tls_config.key": "key_file",
		"oauth2.tls_config.key": "key_file", "oauth2.client_certificate_key": "client_certificate_key_file",
		"consul_sd_configs.[].password": "", "consul_sd_configs.[].basic_auth.password": "password_file", "consul_sd_configs.[].token": "", "azure_sd_configs.[].client_secret": "",
		"azure_sd_configs.[].oauth2.client_secret": "client_secret_file", "openstack_sd_configs.[].password": "", "uyuni_sd_configs.[].password": "", "uyuni_sd_configs.[].tls_config.key": "key_file",
		"marathon_sd_configs.[].auth_token": "auth_token_file", "scaleway_sd_configs.[].secret_key": "secret_key_file", "outscale_sd_configs.[].secret_key": "secret_key_file",
		"stackit_sd_configs.[].private_key": "private_key_path", "ec2_sd_configs.[].secret_key": "", "triton_sd_configs.[].tls_config.key": "key_file", "http_headers.X.secrets.[]": "", "params.password": "", "nonsense.password": "",
	} {
		assert.Equal(t, want, fileKey(strings.Split(keys, ".")), keys)
	}
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
