package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// The sources behind a service: the collector asks for a pair, renews it ahead of its end, goes on with the last one while
// the service fails, and delivers without losing a sample. A real Prometheus demands the password secret$token.
func TestTemporaryPairsDeliverThroughTheirRenewals(t *testing.T) {
	for name, source := range map[string]func(t *testing.T, i *issuer) (http.Handler, string){
		"uri":          uriSource,
		"ecs_ram_role": ecsSource,
		"rrsa":         rrsaSource,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := &issuer{reader: harness.NewAccessKey()}
			handler, config := source(t, i)
			server := httptest.NewServer(handler)
			t.Cleanup(server.Close)
			r := startWithSource(t, i, strings.ReplaceAll(config, "HOST", strings.TrimPrefix(server.URL, "http://")))

			r.logged(0, "AccessKey pair loaded.*"+masked(i.pairs()[0].basicAuth()))
			r.logged(0, `warn\b.*cannot be read again, the last good one stays in use.*503`)
			for n := 1; n <= 2; n++ {
				until(t, "a pair is renewed", func(context.Context) error { return i.has(n + 1) })
				r.logged(0, acceptedLine+".*"+masked(i.pairs()[n].basicAuth()))
			}
			until(t, "samples arrive with the third pair", r.arrivesAfter(time.Now(), enough))
			r.everyScrapeArrived()
			assert.NotRegexp(t, refusedLine, r.collector.Output.String())
			assert.Empty(t, i.refusals(), "requests that are not as documented")
			i.leaksNothing(t, r.collector.Output.String())
		})
	}
}

func uriSource(_ *testing.T, i *issuer) (http.Handler, string) {
	return http.HandlerFunc(i.credentialsServer), "uri: {url: 'http://agent:" + credentialsPassword + "@HOST/credentials'}"
}

func ecsSource(_ *testing.T, i *issuer) (http.Handler, string) {
	return http.HandlerFunc(i.metadataService), "ecs_ram_role: {endpoint: 'http://HOST'}"
}

func rrsaSource(t *testing.T, i *issuer) (http.Handler, string) {
	token := filepath.Join(t.TempDir(), "token")
	require.NoError(t, writeFile(token, newOIDCToken()))
	return i.stsService(token), fmt.Sprintf("rrsa: {role_arn: %q, oidc_provider_arn: %q, oidc_token_file: %q, sts_endpoint: 'http://HOST'}",
		roleARN, providerARN, token)
}

// startWithSource starts the plain pipeline with an authenticator of this source.
func startWithSource(t *testing.T, i *issuer, source string) *runbook {
	t.Helper()
	r := &runbook{rotation: rotation{T: t}}
	exporter := startNodeExporter(t, "")
	i.prometheus = startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{i.reader}})
	r.prometheus = i.prometheus
	r.collector = startCollector(t, harness.CollectorSettings{
		Config: "standard.yaml",
		Overrides: []string{
			"yaml:extensions::accesskey_auth/sts: {" + source + "}",
			"yaml:exporters::prometheus_remote_write::http::auth::authenticator: accesskey_auth/sts",
			"yaml:service::extensions: [health_check, accesskey_auth/sts]",
		},
		Directory:      collectorDirectory(t, harness.NewAccessKey(), exporter),
		RemoteWriteURL: r.prometheus.RemoteWriteURL(),
		Env:            []string{fastScrapes},
	})
	r.selectSeries(exporter)
	until(t, "samples arrive with the first pair", r.arrivesAfter(time.Time{}, 1))
	return r
}

func (i *issuer) has(n int) error {
	if issued := len(i.pairs()); issued < n {
		return fmt.Errorf("%d pairs of %d have been issued", issued, n)
	}
	return nil
}

func (i *issuer) leaksNothing(t *testing.T, output string) {
	t.Helper()
	for _, pair := range i.pairs() {
		for _, secret := range []string{pair.AccessKeySecret, pair.SecurityToken, pair.basicAuth().Secret} {
			assert.Empty(t, harness.AccessKey{ID: pair.AccessKeyID, Secret: secret}.Leaks(output))
		}
	}
	for _, secret := range []string{credentialsPassword, metadataToken} {
		assert.NotContains(t, output, secret)
	}
}
