package e2e

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

const senderID = "agent-1"

// securedGateway is gateway.yaml with secure.yaml of docs/gateway.md, and a Prometheus that sends to it as that page says.
type securedGateway struct {
	gatewayRun
	directory              string // in place of /etc/msp-collector and /etc/prometheus
	server, client, forged *harness.Certificate
}

func (g *securedGateway) path(name string) string { return filepath.Join(g.directory, name) }

// put replaces a file as a whole.
func (g *securedGateway) put(name string, content []byte) {
	g.t.Helper()
	require.NoError(g.t, os.WriteFile(g.path(name+".next"), content, 0o600))
	require.NoError(g.t, os.Rename(g.path(name+".next"), g.path(name)))
}

func (g *securedGateway) copy(name, from string) {
	g.t.Helper()
	content, err := os.ReadFile(from)
	require.NoError(g.t, err)
	g.put(name, content)
}

// allow sets the passwords by which the sender is let in.
func (g *securedGateway) allow(passwords ...string) {
	g.t.Helper()
	var pairs []harness.AccessKey
	for _, password := range passwords {
		pairs = append(pairs, harness.AccessKey{ID: senderID, Secret: password})
	}
	content, err := json.Marshal(pairs)
	require.NoError(g.t, err)
	g.put("clients.json", content)
}

// example is one of docs/gateway.md with this test's folder.
func (g *securedGateway) example(name string, replacements ...string) string {
	g.t.Helper()
	text, err := harness.Example("gateway.md", name)
	require.NoError(g.t, err)
	return strings.NewReplacer(append(replacements, "/etc/msp-collector", g.directory, "/etc/prometheus", g.directory)...).Replace(text)
}

func startSecuredGateway(t *testing.T, password string) *securedGateway {
	t.Helper()
	g := &securedGateway{directory: t.TempDir()}
	g.t, g.key = t, harness.NewAccessKey()
	for _, c := range []**harness.Certificate{&g.server, &g.client, &g.forged} {
		var err error
		*c, err = harness.NewCertificate(t.TempDir())
		require.NoError(t, err)
	}
	g.present(g.server)
	g.copy("gateway.crt", g.server.CertFile)
	g.copy("clients.crt", g.client.CertFile)
	g.copy("client.crt", g.client.CertFile)
	g.copy("client.key", g.client.KeyFile)
	g.put("gateway-password", []byte(password))
	g.allow(password)
	g.put("secure.yaml", []byte(g.example("secure.yaml", "reload_interval: 1m", "reload_interval: 1s")))

	g.endpoint = startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{g.key}})
	g.gateway = startCollector(t, harness.CollectorSettings{
		Config: "gateway.yaml", Overrides: []string{g.path("secure.yaml")},
		Directory: collectorDirectory(t, g.key, nil), RemoteWriteURL: g.endpoint.RemoteWriteURL(),
	})
	g.gateway.WriteURL = strings.Replace(g.gateway.WriteURL, "http:", "https:", 1)
	g.exporter = startNodeExporter(t, t.TempDir())
	g.selector = fmt.Sprintf("{instance=%q}[10m]", g.exporter.Address)
	g.sender = startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{g.key}, Config: fmt.Sprintf(`
global: {scrape_interval: 500ms, scrape_timeout: 500ms}
scrape_configs: [{job_name: node, static_configs: [{targets: [%q]}]}]
%s`, g.exporter.Address, g.example("prometheus.yml", "https://gateway.internal:9201/api/v1/write", g.gateway.WriteURL))})
	g.goesOn()
	return g
}

// present replaces the gateway's certificate.
func (g *securedGateway) present(c *harness.Certificate) {
	g.t.Helper()
	g.copy("tls.key", c.KeyFile)
	g.copy("tls.crt", c.CertFile)
}

func (g *securedGateway) goesOn() {
	g.t.Helper()
	samplesArrive(g.t, g.endpoint, g.selector, 2000)
}

// clientWith is a client that trusts every certificate that the gateway may have, and shows its own unless it is nil.
func (g *securedGateway) clientWith(own *harness.Certificate) *http.Client {
	config := &tls.Config{RootCAs: g.server.Pool, MinVersion: tls.VersionTLS12}
	if own != nil {
		config.Certificates = []tls.Certificate{own.TLS}
	}
	transport := &http.Transport{TLSClientConfig: config}
	g.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func (g *securedGateway) try(own *harness.Certificate, password string) (harness.Reply, error) {
	series := harness.SeriesOf(time.Now().UnixMilli(), 1, "__name__", "intruder")
	return harness.Write(deadline(g.t, patience), g.clientWith(own), g.gateway.WriteURL, harness.AccessKey{ID: senderID, Secret: password}, []prompb.TimeSeries{series})
}

// What docs/gateway.md shows works as it is written: only senders with a certificate and a pair are let in, and password and
// certificates change without a request that is refused.
func TestSendersChangeTheirPasswordAndTheGatewayItsCertificate(t *testing.T) {
	t.Parallel()
	old, next := harness.NewAccessKey().Secret, harness.NewAccessKey().Secret
	g := startSecuredGateway(t, old)

	_, err := g.try(nil, old)
	require.Error(t, err, "no certificate")
	_, err = g.try(g.forged, old)
	require.Error(t, err, "a certificate of somebody else's")
	reply, err := g.try(g.client, next)
	require.NoError(t, err)
	assert.Equal(t, http.StatusUnauthorized, reply.Status)
	assert.Contains(t, reply.Header.Get("WWW-Authenticate"), "Basic")

	g.allow(old, next)
	g.lets(next)
	g.put("gateway-password", []byte(next))
	g.goesOn()
	g.allow(next)
	until(t, "the old password is refused", func(context.Context) error {
		if reply, err := g.try(g.client, old); err != nil || reply.Status != http.StatusUnauthorized {
			return errors.Join(err, fmt.Errorf("answered with %d", reply.Status))
		}
		return nil
	})
	g.goesOn()

	renewed, err := harness.NewCertificate(t.TempDir())
	require.NoError(t, err)
	both, err := os.ReadFile(g.server.CertFile)
	require.NoError(t, err)
	more, err := os.ReadFile(renewed.CertFile)
	require.NoError(t, err)
	g.put("gateway.crt", append(both, more...))
	g.present(renewed)
	g.server.Pool = renewed.Pool
	g.lets(next)
	g.goesOn()

	_, err = harness.Fetch(deadline(t, patience), g.gateway.StatusURL+"/ready")
	require.NoError(t, err, "the page, and the probe that container engines ask, are still there")
	for _, name := range []string{"failed", "retried"} {
		n, err := g.sender.Metric(deadline(t, patience), "prometheus_remote_storage_samples_"+name+"_total")
		require.NoError(t, err)
		assert.Zero(t, n, name)
	}
	g.complete()
	for _, output := range []string{g.gateway.Output.String(), g.sender.Output.String()} {
		assert.NotContains(t, output, old)
		assert.NotContains(t, output, next)
	}
}

// lets waits until a password is accepted, over a connection to the certificate that is trusted now.
func (g *securedGateway) lets(password string) {
	g.t.Helper()
	until(g.t, "the password is accepted", func(context.Context) error {
		reply, err := g.try(g.client, password)
		if err == nil && reply.Status != http.StatusNoContent {
			err = fmt.Errorf("answered with %d: %s", reply.Status, reply.Body)
		}
		return err
	})
}
