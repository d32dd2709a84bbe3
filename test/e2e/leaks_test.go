package e2e

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// Nothing the collector prints or serves contains a secret, whatever happens to it: load, rotation, a broken file, a
// redirect, a refusal. Debug logs and zpages are on, and one pair stands in the configuration itself.
func TestNothingLeaksASecret(t *testing.T) {
	l := newLeakHunt(t)
	l.scan("validate", "validate: "+l.run("validate")) // prints nothing when all is well
	printed := l.run("print-config", "--mode=redacted")
	assert.Contains(t, printed, l.inline.ID, "the inline pair is not in the printed configuration")
	l.scan("print-config", printed)
	l.scan("print-config as JSON", l.run("print-config", "--format=json"))

	collector := startCollector(t, l.settings)
	waitForLine(t, collector, regexp.MustCompile("AccessKey pair loaded"))
	l.requests("with the first pair", l.old)
	path := filepath.Join(l.settings.Directory, "accesskey.json")
	require.NoError(t, writeFile(path, string(l.next.JSON()[:len(l.next.JSON())-4]))) // most of the secret is there
	waitForLine(t, collector, regexp.MustCompile("AccessKey pair cannot be read again"))
	require.NoError(t, harness.WriteInPlace(path, l.next))
	waitForLine(t, collector, regexp.MustCompile("AccessKey pair rotated"))
	l.requests("with the second pair", l.next)

	l.answer.Store(&harness.Answer{Status: http.StatusTemporaryRedirect, Header: http.Header{"Location": {l.endpoint.URL + "/elsewhere"}}})
	waitForLine(t, collector, regexp.MustCompile("redirect, which is not followed"))
	l.answer.Store(&harness.Answer{Status: http.StatusNoContent})
	l.requests("after the redirect", l.next)
	l.answer.Store(&harness.Answer{Status: http.StatusUnauthorized, Body: "AccessKeyId not found"})
	waitForLine(t, collector, refusedLine)

	metrics, err := harness.Fetch(deadline(t, patience), collector.MetricsURL)
	require.NoError(t, err)
	l.scan("metrics", metrics)
	l.scanPages()
	collector.Stop()
	l.scan("log", collector.Output.String())
}

// leakHunt knows every pair and everything to search.
type leakHunt struct {
	*testing.T
	old, next, inline harness.AccessKey
	endpoint          *harness.Endpoint
	answer            atomic.Pointer[harness.Answer]
	settings          harness.CollectorSettings
	zpages            string
}

func newLeakHunt(t *testing.T) *leakHunt {
	t.Helper()
	l := &leakHunt{T: t, old: awkwardKey(), next: awkwardKey(), inline: awkwardKey(), endpoint: harness.StartEndpoint(nil)}
	t.Cleanup(l.endpoint.Close)
	l.answer.Store(&harness.Answer{Status: http.StatusNoContent})
	l.endpoint.Answer(func(int, harness.Received) harness.Answer { return *l.answer.Load() })
	address := freeAddress(t)
	l.zpages = "http://" + address
	l.settings = harness.CollectorSettings{
		Config: "standard.yaml",
		Overrides: []string{
			fmt.Sprintf("yaml:extensions::zpages: {endpoint: %q, expvar: {enabled: true}}", address),
			"yaml:extensions::accesskey_auth/inline::static: {access_key_id: \"${env:MSP_TEST_ID}\", access_key_secret: \"${env:MSP_TEST_SECRET}\"}",
			"yaml:service::extensions: [health_check, accesskey_auth, accesskey_auth/inline, zpages]",
			// Errors come into the log when retrying ends, which it never does in standard.yaml.
			"yaml:exporters::prometheus_remote_write::retry_on_failure: {max_elapsed_time: 2s, max_interval: 1s, initial_interval: 100ms}",
			"yaml:service::telemetry::logs: {level: debug, sampling: {enabled: false}}",
			// Without an exporter there are no traces, and no page of them.
			fmt.Sprintf("yaml:service::telemetry::traces: {processors: [{batch: {exporter: {otlp: {protocol: http/protobuf, endpoint: %q}}}}]}", l.endpoint.URL),
		},
		Directory:      collectorDirectory(t, l.old, startNodeExporter(t, "")),
		RemoteWriteURL: l.endpoint.URL,
		Env:            []string{fastScrapes, "MSP_TEST_ID=" + l.inline.ID, "MSP_TEST_SECRET=" + l.inline.Secret},
	}
	return l
}

// awkwardKey is a pair whose secret looks different in a URL, in HTML and in JSON.
func awkwardKey() harness.AccessKey {
	key := harness.NewAccessKey()
	key.Secret = key.Secret[:20] + `/+%=&<">` + key.Secret[20:]
	return key
}

func (l *leakHunt) run(args ...string) string {
	l.Helper()
	output, err := harness.RunSubcommand(deadline(l.T, patience), l.settings, args...)
	require.NoError(l, err, output)
	return output
}

// requests waits until the endpoint has accepted a pair after this moment.
func (l *leakHunt) requests(what string, key harness.AccessKey) {
	l.Helper()
	since := time.Now()
	until(l.T, "requests arrive "+what, l.arrived(since, key))
}

// scan fails when a text has a secret in any form, or the half of one that has no awkward character.
func (l *leakHunt) scan(where, text string) {
	l.Helper()
	assert.NotEmpty(l, text, where)
	for _, key := range []harness.AccessKey{l.old, l.next, l.inline} {
		assert.Empty(l, key.Leaks(text), where)
		for _, form := range []string{url.PathEscape(key.Secret), html.EscapeString(key.Secret), key.Secret[:20], key.Secret[28:]} {
			assert.NotContains(l, text, form, where)
		}
	}
	l.Logf("%s: %d bytes", where, len(text))
}
