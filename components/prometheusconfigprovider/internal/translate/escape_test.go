package translate

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
)

// literal is a confmap provider that gives a map.
type literal map[string]any

func (l literal) Retrieve(context.Context, string, confmap.WatcherFunc) (*confmap.Retrieved, error) {
	return confmap.NewRetrieved(map[string]any(l))
}
func (literal) Scheme() string                 { return "literal" }
func (literal) Shutdown(context.Context) error { return nil }

// env is a provider that has a value for every variable.
type env struct{}

func (env) Retrieve(context.Context, string, confmap.WatcherFunc) (*confmap.Retrieved, error) {
	return confmap.NewRetrieved("EXPANDED")
}
func (env) Scheme() string                 { return "env" }
func (env) Shutdown(context.Context) error { return nil }

// resolved is what the collector makes of a map that a provider gives.
func resolved(t testing.TB, values map[string]any) *confmap.Conf {
	t.Helper()
	provide := func(p confmap.Provider) confmap.ProviderFactory {
		return confmap.NewProviderFactory(func(confmap.ProviderSettings) confmap.Provider { return p })
	}
	resolver, err := confmap.NewResolver(confmap.ResolverSettings{
		URIs: []string{"literal:"}, DefaultScheme: "env",
		ProviderFactories: []confmap.ProviderFactory{provide(literal(values)), provide(env{})},
	})
	require.NoError(t, err)
	conf, err := resolver.Resolve(context.Background())
	require.NoError(t, err)
	return conf
}

func TestDollarsReachTheScrapeManagerAsWritten(t *testing.T) {
	result, err := translated(t, write(t, `
scrape_configs:
  - job_name: a
    params: {$key: ['${env:HOME}']}
    basic_auth: {username: me, password: 'a$b$$c${d}'}
    relabel_configs:
      - {source_labels: [x], regex: '(.+)$', target_label: y, replacement: '$1-${1}-$$1-${env:HOME}'}
    static_configs: [{targets: [localhost], labels: {l: '$${x}', m: '$'}}]
remote_write:
  - url: http://127.0.0.1/write?a=$b
    name: main
    basic_auth: {username: u$1, password: 'p$$${env:X}'}
    headers: {X-Dollar: $1}
    write_relabel_configs: [{regex: ^a$, action: drop, source_labels: [__name__]}]
`), Carried)
	require.NoError(t, err)
	want, err := plain(result.Document)
	require.NoError(t, err)
	values, err := result.Escaped()
	require.NoError(t, err)
	got := resolved(t, values)
	assert.Equal(t, want, got.ToStringMap())
	rule := job(t, got, 0)["relabel_configs"].([]any)[0].(map[string]any)
	assert.Equal(t, "$1-${1}-$$1-${env:HOME}", rule["replacement"])
	assert.Equal(t, []any{"${env:HOME}"}, job(t, got, 0)["params"].(map[string]any)["$key"])
	assert.Equal(t, "p$$${env:X}", got.Get("extensions::accesskey_auth/main::basic_auth::password"))
}

// Whatever text stands in a value, the collector gets it as it was, in maps and in lists.
func FuzzEscape(f *testing.F) {
	for _, seed := range []string{"", "$", "$$", "${env:X}", "$${env:X}", "}${a${b}}$", "${1}$1", "a$$$b", "}", "${", "${env:}$${x}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		got := resolved(t, map[string]any{"map": map[string]any{"key": escapeText(value)}, "list": []any{map[string]any{"$key": escapeText(value)}}})
		assert.Equal(t, value, got.Get("map::key"))
		assert.Equal(t, []any{map[string]any{"$key": value}}, got.Get("list"))
	})
}

// No file makes it panic, and what is taken reads back, after the collector's own treatment, as what was carried.
func FuzzTranslate(f *testing.F) {
	for _, seed := range []string{
		jobOnly + destinationOnly,
		"global: {external_labels: {a: $X}}\n" + jobOnly + destinationOnly,
		"scrape_configs: [&a {job_name: 0123, honor_labels: yes, static_configs: [{targets: [x], labels: {a: 1.10}}]}, {<<: *a, job_name: b}]\n" + destinationOnly,
		"scrape_configs: [{job_name: a, relabel_configs: [{replacement: '${1}$$', target_label: b}]}]\nremote_write: [{url: 'http://h/w', basic_auth: {username: a, password: 'b$'}}]",
		"rule_files: [a]\n" + jobOnly + "remote_write: [{url: 'http://h/w', http_headers: {A: {values: [b]}}}]",
		"a: &a [*a]", "? [a]\n: b", "---\n...\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content string) {
		if strings.Contains(content, "scrape_config_files") {
			return // it would read whatever files it is told to
		}
		result, err := Translate(&Source{Path: "/nowhere/prometheus.yml", Content: []byte(content)}, Carried, discard)
		if err != nil {
			return
		}
		want, err := plain(result.Document)
		require.NoError(t, err)
		values, err := result.Escaped()
		require.NoError(t, err)
		assert.Equal(t, confmap.NewFromStringMap(want).ToStringMap(), resolved(t, values).ToStringMap())
	})
}
