package prometheusconfigprovider

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
)

// What the collector adds and what should be corrected is logged once, and again when it differs.
func TestTheReportIsLoggedOnce(t *testing.T) {
	itself := strings.Replace(configuration("a"), "127.0.0.1:1'", "localhost:9090'", 1)
	r := start(t, itself)
	r.retrieve()
	r.retrieve()
	r.logged("The collector adds to the prometheus.yml", 1)
	r.logged("The prometheus.yml is valid, but should be corrected", 1)
	line := r.logs.FilterMessageSnippet("should be corrected").All()[0]
	assert.Contains(t, line.ContextMap()["parts"].([]any)[0], `job "a" scrapes only localhost:9090, which was Prometheus itself`)

	r.write(strings.Replace(itself, "job_name: a", "job_name: b", 1))
	r.retrieve()
	r.logged("The collector adds to the prometheus.yml", 1)
	r.logged("The prometheus.yml is valid, but should be corrected", 2)
}

// further is a provider of one more configuration.
type further struct{ content string }

func (further) Scheme() string                 { return "further" }
func (further) Shutdown(context.Context) error { return nil }
func (f further) Retrieve(context.Context, string, confmap.WatcherFunc) (*confmap.Retrieved, error) {
	return confmap.NewRetrievedFromYAML([]byte(f.content))
}

// A further configuration adds to the lists of components without the names that are generated, and
// replaces other lists.
func TestAFurtherConfigurationAddsToLists(t *testing.T) {
	r := start(t, strings.Replace(configuration("a"), "name: main", "name: main, basic_auth: {username: u, password: p}", 1))
	factory := func(p confmap.Provider) confmap.ProviderFactory {
		return confmap.NewProviderFactory(func(confmap.ProviderSettings) confmap.Provider { return p })
	}
	resolver, err := confmap.NewResolver(confmap.ResolverSettings{
		URIs: []string{"prometheus:" + r.path, "further:x"},
		ProviderFactories: []confmap.ProviderFactory{factory(r.provider), factory(further{`
service:
  extensions: [pprof]
  telemetry: {metrics: {readers: []}}
  pipelines: {metrics: {receivers: [otlp], exporters: [debug]}}
`})},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, resolver.Shutdown(context.Background())) })
	conf, err := resolver.Resolve(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []any{"delivery_status", "accesskey_auth/main", "pprof"}, conf.Get("service::extensions"))
	assert.Equal(t, []any{"prometheus_scrape", "otlp"}, conf.Get("service::pipelines::metrics::receivers"))
	assert.Equal(t, []any{"managed_prometheus/main", "debug"}, conf.Get("service::pipelines::metrics::exporters"))
	assert.Empty(t, conf.Get("service::telemetry::metrics::readers"))
}
