package e2e

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// An agent delivers to a gateway over OTLP with TLS, and both sides rotate the agent's pair on the way.
func TestAnAgentDeliversToTheGateway(t *testing.T) {
	for protocol, exporter := range map[string]struct{ name, scheme string }{
		"grpc": {"otlp_grpc", ""},
		"http": {"otlp_http", "https://"},
	} {
		t.Run(exporter.name, func(t *testing.T) { deliverToGateway(t, protocol, exporter.name, exporter.scheme) })
	}
}

func deliverToGateway(t *testing.T, protocol, exporterName, scheme string) {
	t.Helper()
	old, next := harness.NewAccessKey(), harness.NewAccessKey()
	certificate, err := harness.NewCertificate(t.TempDir())
	require.NoError(t, err)
	address := freeAddress(t)
	g := newGuardedGateway(t, protocol, old)
	g.settings.Overrides = append(g.settings.Overrides, fmt.Sprintf(
		"yaml:receivers::otlp::protocols::%s::tls: {cert_file: %q, key_file: %q}", protocol, certificate.CertFile, certificate.KeyFile))
	g.settings.Env = []string{"MSP_OTLP_" + strings.ToUpper(protocol) + "_ENDPOINT=" + address}
	key := harness.NewAccessKey() // the gateway's own
	prometheus := startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{key}})
	g.settings.Directory = collectorDirectory(t, key, nil)
	g.settings.RemoteWriteURL = prometheus.RemoteWriteURL()
	g.Collector = startCollector(t, g.settings)

	exporter := startNodeExporter(t, "")
	agent := harness.CollectorSettings{
		Config: "standard.yaml",
		Overrides: []string{
			fmt.Sprintf("yaml:exporters::%s: {endpoint: %q, tls: {ca_file: %q}, auth: {authenticator: accesskey_auth}}",
				exporterName, scheme+address, certificate.CertFile),
			"yaml:service::pipelines::metrics::exporters: [" + exporterName + "]",
		},
		Directory:      collectorDirectory(t, old, exporter),
		RemoteWriteURL: g.OTLPURL, // not used
		Env:            []string{fastScrapes},
	}
	r := &rotation{T: t, prometheus: prometheus, collector: startCollector(t, agent), old: old, next: next}
	r.up = fmt.Sprintf("up{instance=%q}", exporter.Address)
	until(t, "samples arrive by way of the gateway", r.arrivesAfter(time.Now(), enough))

	g.allow(old, next)
	until(t, "samples arrive while both pairs are valid", r.arrivesAfter(time.Now(), enough))
	require.NoError(t, harness.RenameOver(filepath.Join(agent.Directory, "accesskey.json"), next))
	waitForLine(t, r.collector, regexp.MustCompile("AccessKey pair rotated"))
	g.allow(next)
	until(t, "samples arrive with the new pair", r.arrivesAfter(time.Now(), enough))
	r.gap()
	r.stillRunning()
	assert.Empty(t, append(old.Leaks(g.Output.String()), next.Leaks(g.Output.String())...))
}

// Without TLS the agent refuses to send the secret where everybody can read it, and says so.
func TestNoPairIsSentOverPlaintextGRPC(t *testing.T) {
	endpoint := harness.StartEndpoint(nil)
	t.Cleanup(endpoint.Close)
	_, err := harness.StartCollector(deadline(t, patience), harness.CollectorSettings{
		Config: "standard.yaml",
		Overrides: []string{
			fmt.Sprintf("yaml:exporters::otlp_grpc: {endpoint: %q, tls: {insecure: true}, auth: {authenticator: accesskey_auth}}", freeAddress(t)),
			"yaml:service::pipelines::metrics::exporters: [otlp_grpc]",
		},
		Directory:      collectorDirectory(t, harness.NewAccessKey(), nil),
		RemoteWriteURL: endpoint.URL,
		Env:            []string{fastScrapes},
	})
	require.ErrorContains(t, err, "transport level security")
	t.Log(lastLineOf(err))
}
