package translate

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The two examples of the service's guide that are whole configurations, or become one with a job to scrape.
func TestTheGuideRuns(t *testing.T) {
	const write = "remote_write:\n  - url: http://ts-x.hitsdb.rds.aliyuncs.com:3242/api/prom_write\n    basic_auth:\n      username: LTAI5tGuide\n      password: gUiDe1\n"
	const queue = "    queue_config:\n      max_samples_per_send: 1000\n      max_shards: 200\n      capacity: 2500\n"
	const full = "global:\n  scrape_interval: 15s\n  evaluation_interval: 15s\nscrape_configs:\n  - job_name: \"prometheus\"\n    static_configs:\n      - targets: [\"localhost:9090\"]\n"
	for name, content := range map[string]string{"quick start": jobOnly + write, "full": full + write, "tuned": full + write + queue} {
		t.Run(name, func(t *testing.T) {
			conf := carried(t, content)
			id := conf.Get("service::pipelines::metrics::exporters").([]any)[0].(string)
			auth := strings.Replace(id, "managed_prometheus", "accesskey_auth", 1)
			assert.Equal(t, "http://ts-x.hitsdb.rds.aliyuncs.com:3242/api/prom_write", conf.Get("exporters::"+id+"::http::endpoint"))
			assert.Equal(t, auth, conf.Get("exporters::"+id+"::http::auth::authenticator"))
			assert.Equal(t, []any{"delivery_status", auth}, conf.Get("service::extensions"))
			assert.Equal(t, map[string]any{"access_key_id": "LTAI5tGuide", "access_key_secret": "gUiDe1"}, conf.Get("extensions::"+auth+"::static"))
			wantShards := 50 // Prometheus's default
			if name == "tuned" {
				wantShards = 200
			}
			assert.Equal(t, wantShards, conf.Get("exporters::"+id+"::queue_config::max_shards"))
		})
	}
	message := refused(t, full+"remote_write: [{url: '<remote-write-url>'}]\n")
	assert.Contains(t, message, `:8: remote_write[0]: http::endpoint still holds the placeholder "<remote-write-url>"`)
	// Its example values, which are no more real.
	message = refused(t, full+"remote_write: [{url: 'http://ts-xxxxxxxxxxxx.hitsdb.rds.aliyuncs.com:3242/api/prom_write', basic_auth: {username: LTAI5tXxx, password: xXxXxXx}}]\n")
	assert.Contains(t, message, `remote_write[0]: http::endpoint still holds the placeholder "ts-xxxxxxxxxxxx"`)
	assert.Contains(t, message, `remote_write[0].basic_auth: the AccessKey ID is still a placeholder, and so is the AccessKey secret: replace it by the real value from the RAM console`)
	assert.NotContains(t, message, "xXxXxXx")
	message = refused(t, full+"remote_write: [{url: 'http://127.0.0.1/write', authorization: {credentials: '...'}}]\n")
	assert.Contains(t, message, "remote_write[0].authorization: ")
}

func TestTheResultIsOnePipeline(t *testing.T) {
	t.Setenv("STATE_DIRECTORY", "/var/lib/first:/var/lib/second")
	conf := carried(t, jobOnly+destinationOnly)
	assert.Equal(t, map[string]any{
		"extensions": []any{"delivery_status"},
		"telemetry": map[string]any{
			"logs":    map[string]any{"disable_stacktrace": true},
			"metrics": map[string]any{"readers": []any{map[string]any{"pull": map[string]any{"exporter": map[string]any{"prometheus": map[string]any{"host": "127.0.0.1", "port": 8888}}}}}},
		},
		"pipelines": map[string]any{"metrics": map[string]any{"receivers": []any{"prometheus_scrape"}, "exporters": []any{"managed_prometheus/main"}}},
	}, conf.Get("service"))
	assert.Equal(t, "/var/lib/first/wal", conf.Get(mainID+"wal::directory"))
	t.Setenv("STATE_DIRECTORY", "")
	assert.Equal(t, "/var/lib/msp-collector/wal", carried(t, jobOnly+destinationOnly).Get(mainID+"wal::directory"))
}

func TestExternalLabelsAreTheExporters(t *testing.T) {
	t.Setenv("REGION", "cn-hangzhou")
	conf := carried(t, "global: {scrape_interval: 7s, external_labels: {region: '${REGION}', none: $NOTHING, price: 5$$, zone: 0123}}\n"+jobOnly+destinationOnly)
	assert.Equal(t, map[string]any{"region": "cn-hangzhou", "price": "5$", "zone": "0123"}, conf.Get(mainID+"external_labels"))
	assert.Equal(t, map[string]any{"scrape_interval": "7s"}, conf.Get("receivers::prometheus_scrape::config::global"))
}

func TestPathsBeginInTheFolderOfTheirFile(t *testing.T) {
	path := write(t, `
global: {scrape_failure_log_file: failures.log}
scrape_config_files: [jobs.yml]
scrape_configs:
  - job_name: a
    tls_config: {ca_file: ca.pem}
    file_sd_configs: [{files: [one.json, ./two/*.yml, /three.json]}]
    basic_auth: {username: me, password_file: secrets/pw}
  - job_name: c
    bearer_token_file: token
    consul_sd_configs: [{server: s, bearer_token_file: more}]
remote_write:
  - {url: 'https://127.0.0.1/write', name: main, basic_auth: {username: me, password_file: pw}, tls_config: {ca_file: ca.pem, cert_file: c.pem, key_file: k.pem}}
`, "jobs.yml", "scrape_configs: [{job_name: b, authorization: {credentials_file: token}, kubernetes_sd_configs: [{role: pod, kubeconfig_file: kube}]}]")
	result, err := translated(t, path, Carried)
	require.NoError(t, err)
	values, err := result.Escaped()
	require.NoError(t, err)
	root := filepath.Dir(path)
	in := func(name string) string { return filepath.Join(root, name) }
	config := values["receivers"].(map[string]any)["prometheus_scrape"].(map[string]any)["config"].(map[string]any)
	assert.Equal(t, in("failures.log"), config["global"].(map[string]any)["scrape_failure_log_file"])
	jobs := config["scrape_configs"].([]any)
	a, c, b := jobs[0].(map[string]any), jobs[1].(map[string]any), jobs[2].(map[string]any)
	assert.Equal(t, map[string]any{"credentials_file": in("token")}, c["authorization"])
	assert.Equal(t, map[string]any{"credentials_file": in("more")}, c["consul_sd_configs"].([]any)[0].(map[string]any)["authorization"])
	assert.Equal(t, []any{in("one.json"), in("two/*.yml"), "/three.json"}, a["file_sd_configs"].([]any)[0].(map[string]any)["files"])
	assert.Equal(t, in("ca.pem"), a["tls_config"].(map[string]any)["ca_file"])
	assert.Equal(t, in("secrets/pw"), a["basic_auth"].(map[string]any)["password_file"])
	assert.Equal(t, in("token"), b["authorization"].(map[string]any)["credentials_file"])
	assert.Equal(t, in("kube"), b["kubernetes_sd_configs"].([]any)[0].(map[string]any)["kubeconfig_file"])
	assert.Equal(t, map[string]any{"username": "me", "password_file": in("pw")}, values["extensions"].(map[string]any)["accesskey_auth/main"].(map[string]any)["basic_auth"])
	assert.Equal(t, map[string]any{"ca_file": in("ca.pem"), "cert_file": in("c.pem"), "key_file": in("k.pem")},
		values["exporters"].(map[string]any)["managed_prometheus/main"].(map[string]any)["http"].(map[string]any)["tls"])
}

func TestNotesNameEverySectionThatIsNotHonoured(t *testing.T) {
	path := write(t, `# a comment
global: {evaluation_interval: 15s, query_log_file: q.log, rule_query_offset: 1m}
rule_files: [rules.yml]
alerting: {alertmanagers: [{static_configs: [{targets: [am:9093]}]}]}
remote_read: [{url: 'http://127.0.0.1/read'}]
storage: {tsdb: {out_of_order_time_window: 30m}}
tracing: {endpoint: 'localhost:4317'}
otlp: {promote_resource_attributes: [host.name]}
runtime: {gogc: 50}
`+jobOnly+`
remote_write:
  - url: http://127.0.0.1/write
    round_robin_dns: true
    enable_http2: true
    follow_redirects: true
    queue_config: {retry_on_http_429: false}
`)
	result, err := translated(t, path, Carried)
	require.NoError(t, err)
	var keys []string
	lines := map[string]int{}
	for _, note := range result.Notes {
		keys = append(keys, note.Key)
		lines[note.Key] = note.Line
		assert.Equal(t, path, note.Path)
		assert.NotEmpty(t, note.Advice)
	}
	assert.ElementsMatch(t, []string{
		"rule_files", "alerting", "remote_read", "storage", "storage.tsdb.out_of_order_time_window", "tracing", "otlp", "runtime", "global.query_log_file", "global.rule_query_offset",
		"remote_write[0].round_robin_dns", "remote_write[0].enable_http2", "remote_write[0].follow_redirects", "remote_write[0].queue_config.retry_on_http_429",
	}, keys)
	assert.Equal(t, 4, lines["alerting"])
	assert.Equal(t, 15, lines["remote_write[0].enable_http2"])
	assert.Contains(t, result.Notes[0].String(), "prometheus.yml:3: rule_files: evaluate rules where the metrics are stored")

	result, err = translated(t, write(t, jobOnly+destinationOnly), Carried)
	require.NoError(t, err)
	assert.Empty(t, result.Notes)
}
