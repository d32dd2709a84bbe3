package dropin

import (
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"

	promconfig "github.com/prometheus/common/config"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
	_ "github.com/prometheus/prometheus/discovery/install" // every service discovery that ships
	"github.com/stretchr/testify/require"
)

// minimal is what a service discovery needs to be valid, by its key in a job. Endpoints are on this host, or behind a
// proxy that is not there. One that is not listed needs nothing.
var minimal = map[string]string{
	"aws_sd_configs":          "role: ec2, region: r, endpoint: 'http://127.0.0.1:1'",
	"azure_sd_configs":        "subscription_id: s, tenant_id: t, client_id: c, client_secret: SECRET, proxy_url: 'http://127.0.0.1:1'",
	"consul_sd_configs":       "server: '127.0.0.1:1'",
	"dns_sd_configs":          "names: [localhost], type: A, port: 1",
	"docker_sd_configs":       "host: 'http://127.0.0.1:1'",
	"dockerswarm_sd_configs":  "host: 'http://127.0.0.1:1', role: nodes",
	"ec2_sd_configs":          "region: r, endpoint: 'http://127.0.0.1:1', access_key: a, secret_key: SECRET",
	"ecs_sd_configs":          "region: r, endpoint: 'http://127.0.0.1:1'",
	"elasticache_sd_configs":  "region: r, endpoint: 'http://127.0.0.1:1'",
	"eureka_sd_configs":       "server: 'http://127.0.0.1:1/eureka'",
	"file_sd_configs":         "files: [/absent/*.json]",
	"gce_sd_configs":          "project: p, zone: z",
	"hetzner_sd_configs":      "role: hcloud, proxy_url: 'http://127.0.0.1:1'",
	"http_sd_configs":         "url: 'http://127.0.0.1:1/'",
	"ionos_sd_configs":        "datacenter_id: d, proxy_url: 'http://127.0.0.1:1'",
	"kubernetes_sd_configs":   "role: pod, api_server: 'http://127.0.0.1:1'",
	"kuma_sd_configs":         "server: 'http://127.0.0.1:1'",
	"lightsail_sd_configs":    "region: r, endpoint: 'http://127.0.0.1:1', access_key: a, secret_key: SECRET",
	"marathon_sd_configs":     "servers: ['http://127.0.0.1:1']",
	"msk_sd_configs":          "region: r, endpoint: 'http://127.0.0.1:1'",
	"nerve_sd_configs":        "servers: ['127.0.0.1:1'], paths: [/x]",
	"nomad_sd_configs":        "server: 'http://127.0.0.1:1'",
	"oci_sd_configs":          "region: r, tenancy: t, user: u, fingerprint: f, key_file: /absent, proxy_url: 'http://127.0.0.1:1'",
	"openstack_sd_configs":    "role: instance, region: r, identity_endpoint: 'http://127.0.0.1:1', username: u",
	"outscale_sd_configs":     "region: r, access_key: a, secret_key: SECRET, endpoint: 'http://127.0.0.1:1'",
	"ovhcloud_sd_configs":     "service: vps, endpoint: ovh-eu, application_key: a, application_secret: SECRET, consumer_key: SECRET",
	"puppetdb_sd_configs":     "url: 'http://127.0.0.1:1', query: q",
	"rds_sd_configs":          "region: r, endpoint: 'http://127.0.0.1:1'",
	"scaleway_sd_configs":     "role: instance, project_id: 11111111-1111-4111-8111-111111111111, access_key: SCWXXXXXXXXXXXXXXXXX, secret_key: SECRET, api_url: 'http://127.0.0.1:1'",
	"serverset_sd_configs":    "servers: ['127.0.0.1:1'], paths: [/x]",
	"stackit_sd_configs":      "project: p, region: r, endpoint: 'http://127.0.0.1:1'",
	"static_configs":          "targets: ['127.0.0.1:1']",
	"triton_sd_configs":       "account: a, dns_suffix: d, endpoint: 127.0.0.1, version: 1",
	"uyuni_sd_configs":        "server: 'http://127.0.0.1:1', username: u, password: SECRET",
	"digitalocean_sd_configs": "proxy_url: 'http://127.0.0.1:1'",
	"linode_sd_configs":       "proxy_url: 'http://127.0.0.1:1'",
	"vultr_sd_configs":        "proxy_url: 'http://127.0.0.1:1'",
}

// clients are the forms in which an HTTP client of Prometheus has a secret. Where a type has no such client, or another secret in
// the form's place, Prometheus refuses the form and it is left out.
var clients = []string{
	"basic_auth: {username: u, password: SECRET}",
	"authorization: {credentials: SECRET}",
	"authorization: {type: Token, credentials: SECRET}",
	"bearer_token: SECRET",
	"oauth2: {client_id: c, client_secret: SECRET, token_url: 'http://127.0.0.1:1/t'}",
	"oauth2: {client_id: c, client_secret: SECRET, token_url: 'http://u:SECRET@127.0.0.1:1/t?token=SECRET', endpoint_params: {password: SECRET}}",
	"oauth2: {client_id: c, client_secret: SECRET, token_url: 'http://127.0.0.1:1/t', tls_config: {cert: CERT, key: KEY}, proxy_url: 'http://u:SECRET@127.0.0.1:1'}",
	"oauth2: {client_id: c, grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', client_certificate_key: SECRET, client_certificate_key_id: i, token_url: 'http://127.0.0.1:1/t'}",
	"tls_config: {cert: CERT, key: KEY}",
	"http_headers: {X-One: {secrets: [SECRET]}, X-Two: {values: [SECRET]}, X-Three: {secrets: [SECRET, SECRET]}}",
	"proxy_url: 'http://u:SECRET@127.0.0.1:1'",
	"proxy_url: 'http://127.0.0.1:1', proxy_connect_header: {X: [SECRET]}",
}

// corpusFile is a prometheus.yml of our own making. Each SECRET in it is another text.
type corpusFile struct {
	name string
	text string
}

// secretMark begins all secrets of the corpus. They are UUIDs, since scaleway takes nothing else.
const secretMark = "d0d0d0d0-0000-4000-8000-"

// fillSecrets gives each SECRET a text of its own, and puts the pair of certificate and key in.
func fillSecrets(text string, certificate, key string) string {
	text = strings.NewReplacer("CERT", certificate, "KEY", key).Replace(text)
	for n := 1; strings.Contains(text, "SECRET"); n++ {
		text = strings.Replace(text, "SECRET", fmt.Sprintf("%s%012d", secretMark, n), 1)
	}
	return text
}

func accepted(text string) bool { return acceptance(text) == nil }

// acceptance is what Prometheus says of a file.
func acceptance(text string) error {
	_, err := config.Load(text, slog.New(slog.DiscardHandler))
	return err
}

// discoveries are the types of service discovery that are registered, by their key in a job.
func discoveries(t *testing.T) map[string]reflect.Type {
	t.Helper()
	job, err := discovery.MarshalYAMLWithInlineConfigs(&config.ScrapeConfig{})
	require.NoError(t, err)
	all := map[string]reflect.Type{}
	for _, field := range reflect.VisibleFields(reflect.TypeOf(job).Elem()) {
		key, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if strings.HasSuffix(key, "_sd_configs") || key == "static_configs" {
			all[key] = field.Type.Elem().Elem()
		}
	}
	require.GreaterOrEqual(t, len(all), len(discovery.RegisteredConfigNames()))
	return all
}

// ownSecrets are the keys of a type that hold secrets, but for those of its HTTP client.
func ownSecrets(of reflect.Type) (keys []string) {
	for i := range of.NumField() {
		field := of.Field(i)
		if key, _, _ := strings.Cut(field.Tag.Get("yaml"), ","); field.Type == reflect.TypeFor[promconfig.Secret]() {
			keys = append(keys, key)
		}
	}
	return keys
}

// discoveryFile has a job for each secret that a service discovery can hold.
func discoveryFile(t *testing.T, key string, of reflect.Type, certificate, privateKey string) corpusFile {
	t.Helper()
	base := minimal[key]
	own := ownSecrets(of)
	forms := append([]string{""}, clients...)
	for _, secret := range own {
		if !strings.Contains(base, secret+": SECRET") {
			forms = append(forms, secret+": SECRET")
		}
	}
	var jobs strings.Builder
	for i, form := range forms {
		settings := strings.Trim(base+", "+form, ", ")
		job := fmt.Sprintf("  - {job_name: j%d, %s: [{%s}]}\n", i, key, settings)
		if err := acceptance("scrape_configs:\n" + fillSecrets(job, certificate, privateKey)); err != nil {
			own := form == "" || slices.ContainsFunc(own, func(secret string) bool { return form == secret+": SECRET" })
			require.False(t, own, "%s does not take %q beside %q: %v: extend minimal", key, form, base, err)
			continue
		}
		jobs.WriteString(job)
	}
	return corpusFile{key, "scrape_configs:\n" + jobs.String() + "remote_write: [{url: 'http://127.0.0.1:1/api/v1/write', name: main}]\n"}
}

// remoteWriteForms are what an entry of remote_write can hold, but for forms that are refused by design.
var remoteWriteForms = append(slices.DeleteFunc(slices.Clone(clients), func(form string) bool {
	return strings.Contains(form, "jwt-bearer") || strings.Contains(form, "proxy_connect_header") || strings.Contains(form, "SECRET, SECRET")
}),
	"", "basic_auth: {username_file: /absent/u, password_file: /absent/p}", "basic_auth: {username: u, password_file: /absent/p}",
	"basic_auth: {username: u}", "basic_auth: {password: SECRET}", "basic_auth: {username_file: /absent/u, password: SECRET}",
	"oauth2: {client_id: c, client_secret_file: /absent/s, token_url: 'http://127.0.0.1:1/t', proxy_from_environment: true, scopes: [a]}",
	"authorization: {credentials_file: /absent/c}", "bearer_token_file: /absent/c", "http_headers: {X-One: {secrets: [SECRET]}}",
	"headers: {X-Key: SECRET, X-Scope-OrgID: tenant}", "tls_config: {ca: CERT, server_name: s, min_version: TLS12, insecure_skip_verify: true}",
	"proxy_from_environment: true", "proxy_url: 'http://127.0.0.1:1', no_proxy: 127.0.0.1", "protobuf_message: io.prometheus.write.v2.Request",
	"send_exemplars: true, send_native_histograms: true, remote_timeout: 5s, queue_config: {max_shards: 3}, metadata_config: {send: false}",
	"write_relabel_configs: [{source_labels: [__name__], regex: 'go_(.*)', target_label: x, replacement: $1}]",
)

// scrapeOptions are all that a job can hold but service discoveries. A test compares them with the type.
const scrapeOptions = `
global: {scrape_interval: 1m, scrape_timeout: 10s, external_labels: {zone: z}}
scrape_configs:
  - job_name: all
    honor_labels: true
    honor_timestamps: false
    track_timestamps_staleness: true
    params: {token: [SECRET], module: [m]}
    scrape_interval: 30s
    scrape_timeout: 5s
    scrape_protocols: [PrometheusProto, OpenMetricsText1.0.0]
    fallback_scrape_protocol: PrometheusText0.0.4
    scrape_native_histograms: true
    always_scrape_classic_histograms: true
    convert_classic_histograms_to_nhcb: true
    scrape_failure_log_file: /dev/null
    metrics_path: /m?api_key=SECRET
    scheme: http
    enable_compression: false
    body_size_limit: 10MB
    sample_limit: 1
    target_limit: 2
    label_limit: 3
    label_name_length_limit: 4
    label_value_length_limit: 5
    native_histogram_bucket_limit: 6
    native_histogram_min_bucket_factor: 1.1
    keep_dropped_targets: 7
    metric_name_validation_scheme: legacy
    metric_name_escaping_scheme: underscores
    extra_scrape_metrics: true
    static_configs: [{targets: ['127.0.0.1:1'], labels: {__param_secret: SECRET}}]
    relabel_configs: [{target_label: __param_password, replacement: SECRET}, {source_labels: [a], regex: (.*), target_label: b, replacement: $1}]
    metric_relabel_configs: [{action: labeldrop, regex: x}]
`

// scrapeFile has a job with every option, and one for each form of an HTTP client.
func scrapeFile(certificate, key string) corpusFile {
	jobs := scrapeOptions
	for i, form := range clients {
		job := fmt.Sprintf("  - {job_name: j%d, static_configs: [{targets: ['127.0.0.1:1']}], %s}\n", i, form)
		if accepted(fillSecrets("scrape_configs:\n"+job, certificate, key)) {
			jobs += job
		}
	}
	return corpusFile{"scrape_configs", jobs + "remote_write: [{url: 'http://127.0.0.1:1/api/v1/write', name: main}]\n"}
}

func remoteWriteFile() corpusFile {
	var entries strings.Builder
	for i, form := range remoteWriteForms {
		fmt.Fprintf(&entries, "  - {%s}\n", strings.Trim(fmt.Sprintf("url: 'http://127.0.0.1:1/%d/api/v1/write', name: d%d, %s", i, i, form), ", "))
	}
	entries.WriteString("  - {url: 'http://u:SECRET@127.0.0.1:1/u/api/v1/write'}\n  - {url: 'http://127.0.0.1:1/q/api/v1/write?token=SECRET', name: q}\n")
	return corpusFile{"remote_write", "scrape_configs: [{job_name: a, static_configs: [{targets: ['127.0.0.1:1']}]}]\nremote_write:\n" + entries.String()}
}
