package translate

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
)

// to is a remote_write entry, given what stands beside its URL.
func to(more string) string {
	return jobOnly + "remote_write:\n- url: https://127.0.0.1/write\n  name: main\n" + more
}

const authMain = "extensions::accesskey_auth/main"

func TestAnEntryBecomesAnExporter(t *testing.T) {
	conf := carried(t, to(`
  remote_timeout: 12s
  headers: {X-Tenant: a}
  http_headers: {X-More: {values: [b]}, X-Secret: {secrets: [s]}}
  send_exemplars: true
  send_native_histograms: true
  protobuf_message: io.prometheus.write.v2.Request
  proxy_url: http://proxy:3128
  tls_config: {ca: CA, cert: CERT, key: KEY, server_name: sn, insecure_skip_verify: true, min_version: TLS12, max_version: TLS13}
  queue_config: {capacity: 1, max_shards: 3, min_shards: 2, max_samples_per_send: 4, batch_send_deadline: 5s, min_backoff: 6s, max_backoff: 7s, sample_age_limit: 8h, retry_on_http_429: true}
  metadata_config: {send: false, send_interval: 9s, max_samples_per_send: 10}
  write_relabel_configs: [{source_labels: [__name__], regex: 'go_(.*)', target_label: x, replacement: $1}]
`))
	assert.Equal(t, map[string]any{
		"http": map[string]any{
			"endpoint": "https://127.0.0.1/write", "timeout": "12s", "proxy_url": "http://proxy:3128",
			"headers": map[string]any{"X-Tenant": "a", "X-More": "b", "X-Secret": "s"},
			"tls":     map[string]any{"ca_pem": "CA", "cert_pem": "CERT", "key_pem": "KEY", "server_name_override": "sn", "insecure_skip_verify": true, "min_version": "1.2", "max_version": "1.3"},
		},
		"proxy_from_environment": false,
		"wal":                    map[string]any{"directory": "/var/lib/msp-collector/wal", "max_size": "4GiB"},
		"queue_config": map[string]any{"capacity": 1, "min_shards": 2, "max_shards": 3, "max_samples_per_send": 4, "batch_send_deadline": "5s",
			"min_backoff": "6s", "max_backoff": "7s", "sample_age_limit": "8h0m0s"},
		"metadata_config":        map[string]any{"send": false, "send_interval": "9s", "max_samples_per_send": 10},
		"protobuf_message":       "io.prometheus.write.v2.Request",
		"send_exemplars":         true,
		"send_native_histograms": true,
		"write_relabel_configs":  []any{map[string]any{"source_labels": []any{"__name__"}, "regex": "go_(.*)", "target_label": "x", "replacement": "$1"}},
	}, conf.Get("exporters::managed_prometheus/main"))
}

func TestPrometheussDefaultsApply(t *testing.T) {
	conf := carried(t, to(""))
	assert.Equal(t, map[string]any{"capacity": 10000, "min_shards": 1, "max_shards": 50, "max_samples_per_send": 2000, "batch_send_deadline": "5s",
		"min_backoff": "30ms", "max_backoff": "5s", "sample_age_limit": "0s"}, conf.Get(mainID+"queue_config"))
	assert.Equal(t, "30s", conf.Get(mainID+"http::timeout"))
	assert.Equal(t, false, conf.Get(mainID+"send_exemplars"))
	assert.Equal(t, []any{"delivery_status"}, conf.Get("service::extensions"), "no authenticator")
}

func TestLegacyNamesHoldForWriteRelabelling(t *testing.T) {
	conf := carried(t, "global: {metric_name_validation_scheme: legacy}\n"+to("  write_relabel_configs: [{source_labels: [a], target_label: b}]\n"))
	assert.Equal(t, "legacy", conf.Get(mainID+"metric_name_validation_scheme"))
}

func TestEveryWayToAuthenticateIsCarried(t *testing.T) {
	for name, c := range map[string]struct {
		more string
		want map[string]any
	}{
		"inline":             {"  basic_auth: {username: u, password: 0123}\n", map[string]any{"basic_auth": map[string]any{"username": "u", "password": "0123"}}},
		"password alone":     {"  basic_auth: {password: p}\n", map[string]any{"basic_auth": map[string]any{"password": "p"}}},
		"user alone":         {"  basic_auth: {username: u}\n", map[string]any{"basic_auth": map[string]any{"username": "u"}}},
		"empty password":     {"  basic_auth: {username: u, password: ''}\n", map[string]any{"basic_auth": map[string]any{"username": "u"}}},
		"blanks":             {"  basic_auth: {username: 'user name', password: ' p '}\n", map[string]any{"basic_auth": map[string]any{"username": "user name", "password": " p "}}},
		"password file":      {"  basic_auth: {username: u, password_file: /p}\n", map[string]any{"basic_auth": map[string]any{"username": "u", "password_file": "/p"}}},
		"user file":          {"  basic_auth: {username_file: /u, password: p}\n", map[string]any{"basic_auth": map[string]any{"username_file": "/u", "password": "p"}}},
		"files":              {"  basic_auth: {username_file: /u, password_file: /p}\n", map[string]any{"basic_auth": map[string]any{"username_file": "/u", "password_file": "/p"}}},
		"authorization":      {"  authorization: {credentials: c}\n", map[string]any{"authorization": map[string]any{"type": "Bearer", "credentials": "c"}}},
		"authorization type": {"  authorization: {type: Token, credentials_file: /c}\n", map[string]any{"authorization": map[string]any{"type": "Token", "credentials_file": "/c"}}},
		"oauth2": {"  oauth2: {client_id: c, client_secret_file: /s, scopes: [a, b], token_url: https://h/t, endpoint_params: {audience: x}, proxy_url: http://p:1, tls_config: {ca_file: /ca, cert_file: /crt, key_file: /key}}\n", map[string]any{"oauth2": map[string]any{
			"client_id": "c", "client_secret_file": "/s", "scopes": []any{"a", "b"}, "token_url": "https://h/t", "endpoint_params": map[string]any{"audience": "x"}, "proxy_url": "http://p:1",
			"tls": map[string]any{"ca_file": "/ca", "cert_file": "/crt", "key_file": "/key"},
		}}},
		"oauth2 inline":     {"  oauth2: {client_id: c, client_secret: s, token_url: https://h/t}\n", map[string]any{"oauth2": map[string]any{"client_id": "c", "client_secret": "s", "token_url": "https://h/t"}}},
		"bearer_token":      {"  bearer_token: c\n", map[string]any{"authorization": map[string]any{"type": "Bearer", "credentials": "c"}}},
		"bearer_token_file": {"  bearer_token_file: /c\n", map[string]any{"authorization": map[string]any{"type": "Bearer", "credentials_file": "/c"}}},
	} {
		t.Run(name, func(t *testing.T) {
			conf := carried(t, to(c.more))
			const id = "accesskey_auth/main"
			extensions := conf.Get("extensions").(map[string]any)
			delete(extensions, statusID)
			assert.Equal(t, map[string]any{id: c.want}, extensions)
			assert.Equal(t, id, conf.Get(mainID+"http::auth::authenticator"))
			assert.Equal(t, []any{"delivery_status", id}, conf.Get("service::extensions"))
		})
	}
	conf := carried(t, jobOnly+"remote_write: [{url: 'http://u:p%24@127.0.0.1/write?x=1', name: main}]")
	assert.Equal(t, "http://127.0.0.1/write?x=1", conf.Get(mainID+"http::endpoint"))
	assert.Equal(t, map[string]any{"username": "u", "password": "p$"}, conf.Get(authMain+"::basic_auth"))
	conf = carried(t, jobOnly+"remote_write: [{url: 'http://u@127.0.0.1/write', name: main}]")
	assert.Equal(t, map[string]any{"username": "u"}, conf.Get(authMain+"::basic_auth"))
}

// On a host of Alibaba Cloud basic authentication is an AccessKey pair.
func TestAlibabasHostsGetAnAccessKeyPair(t *testing.T) {
	entry := func(more string) string {
		return jobOnly + "remote_write:\n- url: https://cn-hangzhou.arms.aliyuncs.com/prometheus/a/b/cn-hangzhou/api/v3/write\n  name: main\n  basic_auth: " + more + "\n"
	}
	for more, want := range map[string]any{
		"{username: u, password: 0123}":               map[string]any{"static": map[string]any{"access_key_id": "u", "access_key_secret": "0123"}},
		"{username: u, password_file: /p}":            map[string]any{"file": map[string]any{"access_key_id": "u", "access_key_secret_path": "/p"}},
		"{username_file: /u, password_file: /p}":      map[string]any{"file": map[string]any{"access_key_id_path": "/u", "access_key_secret_path": "/p"}},
		"{username_file: /u, password: in-this-file}": map[string]any{"basic_auth": map[string]any{"username_file": "/u", "password": "in-this-file"}},
	} {
		assert.Equal(t, want, carried(t, entry(more)).Get(authMain), more)
	}
	for more, message := range map[string]string{
		"{username: u}":                              "the AccessKey secret is empty",
		"{password: topsecret}":                      "the AccessKey ID is empty",
		"{username: 'u ', password: topsecret}":      "white space",
		`{username: "u\ufeff", password: topsecret}`: "U+FEFF at position 2",
	} {
		got := refused(t, entry(more))
		assert.Contains(t, got, message)
		assert.NotContains(t, got, "topsecret")
	}
}

func TestIdsStayWithTheirDestination(t *testing.T) {
	ids := func(entries string) []any {
		return carried(t, jobOnly+"remote_write: ["+entries+"]").Get("service::pipelines::metrics::exporters").([]any)
	}
	const a, b = "{url: 'http://a/write'}", "{url: 'http://b/write'}"
	one, both, turned := ids(a), ids(a+", "+b), ids(b+", "+a)
	assert.Equal(t, one[0], both[0])
	assert.Equal(t, []any{both[1], both[0]}, turned)
	assert.NotEqual(t, both[0], both[1])
	assert.Equal(t, one, ids("{url: 'http://u:p@a/write'}"), "a password is no part of it")
	named := ids("{url: 'http://a/write', name: prod-1}, {url: 'http://a/write', name: 'prod 1'}, {url: 'http://a/write', name: 'prod:1'}")
	assert.Equal(t, "managed_prometheus/prod-1", named[0])
	assert.Regexp(t, `^managed_prometheus/prod_1-[0-9a-f]{8}$`, named[1])
	assert.NotEqual(t, named[1], named[2])
}

// Each is refused with the line and the way out.
func TestWhatCannotBeCarriedIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ content, message string }{
		"oauth2 with a JWT":      {to("  oauth2: {client_id: a, client_certificate_key: topsecret, grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', token_url: http://h}\n"), ":5: remote_write[0].oauth2.grant_type is not supported: only the grant client_credentials"},
		"oauth2 by a manager":    {to("  oauth2: {client_id: a, client_secret_ref: b, token_url: http://h}\n"), ":5: remote_write[0].oauth2.client_secret_ref is not supported"},
		"oauth2 without http":    {to("  oauth2: {client_id: a, client_secret: topsecret, token_url: h}\n"), ":3: remote_write[0].oauth2: token_url is not an http or https URL"},
		"sigv4":                  {to("  sigv4: {region: r}\n"), ":5: remote_write[0].sigv4 is not supported"},
		"azuread":                {to("  azuread: {cloud: AzurePublic, sdk: {tenant_id: 00000000-a12b-3cd4-e56f-000000000000}}\n"), ":5: remote_write[0].azuread is not supported"},
		"google_iam":             {to("  google_iam: {credentials_file: f}\n"), ":5: remote_write[0].google_iam is not supported"},
		"empty basic_auth":       {to("  basic_auth: {}\n"), ":5: remote_write[0].basic_auth is empty"},
		"colon":                  {to("  basic_auth: {username: 'a:b', password: topsecret}\n"), "the user name holds a colon"},
		"two lines":              {to("  basic_auth: {username: a, password: \"topsecret\\nb\"}\n"), "the password holds a control character at position 10"},
		"user placeholder":       {to("  basic_auth: {username: '<accesskey-id>', password: topsecret}\n"), "the user name is still a placeholder"},
		"secret manager":         {to("  basic_auth: {username: u, password_ref: p}\n"), "use password_file"},
		"no credentials":         {to("  authorization: {type: Bearer}\n"), ":5: remote_write[0].authorization has no credentials"},
		"headers in files":       {to("  http_headers: {X: {files: [f]}}\n"), `:5: remote_write[0].http_headers: "X" cannot be carried`},
		"headers of two values":  {to("  http_headers: {X: {values: [a, b]}}\n"), `:5: remote_write[0].http_headers: "X" cannot be carried`},
		"headers for a proxy":    {to("  proxy_url: http://p\n  proxy_connect_header: {X: [a]}\n"), ":6: remote_write[0].proxy_connect_header is not supported"},
		"one URL twice":          {jobOnly + "remote_write:\n- url: http://a/write\n- url: http://a/write\n  write_relabel_configs: [{action: drop}]\n", ":4: remote_write[1] has the URL of another entry: give both a name"},
		"two credentials":        {jobOnly + "remote_write: [{url: 'http://u:topsecret@a/write', basic_auth: {username: u, password: topsecret}}]\n", ":2: remote_write[0] has credentials in its URL and beside it"},
		"no remote_write":        {jobOnly, "no remote_write: the collector has nowhere to send to"},
		"nothing to scrape":      {destinationOnly, "neither scrape_configs nor scrape_config_files names a job"},
		"empty":                  {"", "no remote_write"},
		"strict":                 {jobOnly + destinationOnly + "\nremote_writes: []\n", "line 4: field remote_writes not found"},
		"wrong type":             {jobOnly + destinationOnly + "\nglobal: {scrape_interval: [topsecret]}\n", "line 4: "},
		"URL":                    {jobOnly + "remote_write: [{url: 'http://u:topsecret%zz@a/write'}]\n", "a URL cannot be read"},
		"for queries":            {to("")[:len(jobOnly)] + "remote_write: [{url: 'http://127.0.0.1/api/v1/read'}]\n", ":2: remote_write[0]: http::endpoint http://127.0.0.1/api/v1/read is for remote read"},
		"label with a separator": {"global: {external_labels: {'a::b': c}}\n" + to(""), `"a::b" holds ::`},
	} {
		t.Run(name, func(t *testing.T) {
			message := refused(t, c.content)
			assert.Contains(t, message, c.message)
			assert.NotContains(t, message, "topsecret")
			t.Log(message)
		})
	}
}

func TestIncludedFilesAreRefusedByName(t *testing.T) {
	include := "scrape_config_files: ['jobs/*.yml', more.yml]\n" + destinationOnly
	assert.Contains(t, refused(t, include+jobOnly, "more.yml", "scrape_configs: [{job_nam: a}]"), "more.yml: yaml: unmarshal errors:\n  line 1: field job_nam not found")
	assert.Contains(t, refused(t, include+jobOnly, "more.yml", jobOnly), `found multiple scrape configs with job name "a"`)
	conf := carried(t, include+jobOnly, "more.yml", "scrape_configs: [{job_name: b, static_configs: [{targets: [x]}]}]")
	assert.Equal(t, "b", job(t, conf, 1)["job_name"])
	require.False(t, conf.IsSet("receivers::prometheus_scrape::config::scrape_config_files"), "they are part of it")
	conf = carried(t, include, "more.yml", jobOnly)
	assert.Equal(t, "a", job(t, conf, 0)["job_name"])
}

func TestProxiesAreThoseOfPrometheus(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://environment:3128")
	t.Setenv("NO_PROXY", "")
	const entry = jobOnly + "remote_write:\n- url: https://far.example.com/write\n  name: main\n"
	for more, want := range map[string]struct {
		url         any
		environment bool
	}{
		"  proxy_url: http://p:1\n":                          {"http://p:1", false},
		"  proxy_url: http://p:1\n  no_proxy: example.com\n": {nil, false},
		"  proxy_from_environment: true\n":                   {nil, true},
		"":                                                   {nil, false},
	} {
		result, err := translated(t, write(t, entry+more), Carried)
		require.NoError(t, err)
		values, err := plain(result.Document)
		require.NoError(t, err)
		conf := confmap.NewFromStringMap(values)
		assert.Equal(t, want.url, conf.Get(mainID+"http::proxy_url"), more)
		assert.Equal(t, want.environment, conf.Get(mainID+"proxy_from_environment"), more)
		assert.Empty(t, result.Notes, more)
	}
}
