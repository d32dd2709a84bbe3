package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// agentHost is a host with a node_exporter and agent.yaml. The agent delivers to the gateway, and beside it, over a network without
// faults, to a Prometheus that shows what was scraped.
type agentHost struct {
	agent    *harness.Collector
	exporter *harness.NodeExporter
	network  *harness.Relay // to the gateway
}

// hosts are two hosts with agents and one with a Prometheus server that send to one gateway, and the network between them.
type hosts struct {
	t                 *testing.T
	key               harness.AccessKey // the gateway's, for the endpoint
	keyFile           string
	endpoint, scraped *harness.Prometheus
	gateway           *harness.Collector
	agents            []*agentHost
	sender            *harness.Prometheus
	exporter          *harness.NodeExporter // the sender's
	toSender, toEnd   *harness.Relay        // from the sender to the gateway, from there to the endpoint
}

func relayTo(t *testing.T, url string) *harness.Relay {
	t.Helper()
	address, _, _ := strings.Cut(strings.TrimPrefix(url, "http://"), "/")
	relay, err := harness.StartRelay(address)
	require.NoError(t, err)
	t.Cleanup(relay.Close)
	return relay
}

func startHosts(t *testing.T) *hosts {
	t.Helper()
	h := &hosts{t: t, key: harness.NewAccessKey()}
	reference := harness.NewAccessKey()
	h.endpoint = startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{h.key}})
	h.scraped = startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{reference}})
	h.toEnd = relayTo(t, h.endpoint.URL)
	directory := collectorDirectory(t, h.key, nil)
	h.keyFile = filepath.Join(directory, "accesskey.json")
	h.gateway = startCollector(t, harness.CollectorSettings{
		Config: "gateway.yaml", Directory: directory, RemoteWriteURL: "http://" + h.toEnd.Address + "/api/v1/write",
		Overrides: []string{harness.ExporterSetting("auth_probe_interval", "1s")},
	})
	t.Cleanup(func() { h.gateway.Stop() })
	for n := range 2 {
		h.agents = append(h.agents, h.startAgent(n, reference))
	}
	h.toSender = relayTo(t, h.gateway.WriteURL)
	h.exporter = startNodeExporter(t, t.TempDir())
	h.sender = startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{harness.NewAccessKey()}, Config: fmt.Sprintf(`
global: {scrape_interval: 500ms, scrape_timeout: 500ms}
scrape_configs: [{job_name: node, static_configs: [{targets: [%q]}]}]
remote_write: [{url: "http://%s/api/v1/write", remote_timeout: 5s}]
`, h.exporter.Address, h.toSender.Address)})
	return h
}

func (h *hosts) startAgent(n int, reference harness.AccessKey) *agentHost {
	h.t.Helper()
	a := &agentHost{network: relayTo(h.t, h.gateway.WriteURL), exporter: startNodeExporter(h.t, h.t.TempDir())}
	a.agent = startCollector(h.t, harness.CollectorSettings{
		Config: "agent.yaml", Directory: collectorDirectory(h.t, reference, a.exporter),
		RemoteWriteURL: "http://" + a.network.Address + "/api/v1/write",
		Env:            []string{"MSP_SCRAPE_INTERVAL=500ms", "MSP_CLUSTER=" + cluster(n)},
		Overrides: []string{
			harness.ExporterSetting("http::timeout", "5s"),
			fmt.Sprintf("yaml:exporters::managed_prometheus/scraped: {http: {endpoint: %q, auth: {authenticator: accesskey_auth}}, "+
				`wal: {directory: "${env:MSP_WAL_DIRECTORY}"}, external_labels: {cluster: "${env:MSP_CLUSTER}"}}`, h.scraped.RemoteWriteURL()),
			"yaml:service::pipelines::metrics/scrape::exporters: [managed_prometheus, managed_prometheus/scraped]",
			"yaml:service::pipelines::metrics/host::exporters: [managed_prometheus, managed_prometheus/scraped]",
		},
	})
	return a
}

func cluster(n int) string { return fmt.Sprintf("host-%d", n) }

func (h *hosts) ofAgent(n int) string { return fmt.Sprintf("{cluster=%q}[10m]", cluster(n)) }
func (h *hosts) ofSender() string     { return fmt.Sprintf("{instance=%q}[10m]", h.exporter.Address) }
func (h *hosts) everythingArrives()   { h.arrive(500) }
func (h *hosts) arrive(samplesEach int) {
	h.t.Helper()
	for n := range h.agents {
		samplesArrive(h.t, h.endpoint, h.ofAgent(n), samplesEach)
	}
	samplesArrive(h.t, h.endpoint, h.ofSender(), samplesEach)
}

// queues waits until so many samples wait in a collector's log.
func (h *hosts) queues(collector *harness.Collector, samples uint64) {
	h.t.Helper()
	until(h.t, "samples wait", func(ctx context.Context) error {
		books, err := collector.Books(ctx, harness.DefaultExporter)
		if err == nil && books.Queued < samples {
			err = fmt.Errorf("%d so far", books.Queued)
		}
		return err
	})
}

// Two agents and a Prometheus server send through one gateway while everything that can fail between them does. In the end the
// endpoint, which takes no sample out of order, has every sample.
func TestThreeHostsSendThroughOneGatewayAndLoseNothing(t *testing.T) {
	t.Parallel()
	h := startHosts(t)
	h.everythingArrives()

	h.agents[0].network.Cut()
	h.queues(h.agents[0].agent, 2000)
	h.agents[0].network.Reset()
	h.agents[0].network.Mend()
	h.toSender.Reset()
	h.agents[1].network.Reset()
	h.everythingArrives()

	h.toEnd.Cut()
	h.queues(h.gateway, 5000)
	require.NoError(t, h.gateway.Restart(deadline(t, patience)))
	h.queues(h.gateway, 5000)
	h.toEnd.Reset()
	h.toEnd.Mend()
	h.everythingArrives()

	next := harness.NewAccessKey()
	require.NoError(t, h.endpoint.Accept(next))
	h.queues(h.gateway, 5000)
	h.gateway.Kill()
	require.NoError(t, h.gateway.Restart(deadline(t, patience)))
	require.NoError(t, harness.RenameOver(h.keyFile, next))
	h.everythingArrives()

	h.complete()
}

// complete requires that everything that was scraped is at the endpoint, and nothing else, and shows the books.
func (h *hosts) complete() {
	h.t.Helper()
	for _, a := range h.agents {
		a.exporter.Stop()
	}
	h.exporter.Stop()
	for n := range h.agents {
		h.sameSoon(n)
	}
	complete(h.t, h.sender, h.endpoint, h.ofSender())
	var repeated uint64
	collectors := map[string]*harness.Collector{"gateway": h.gateway, cluster(0): h.agents[0].agent, cluster(1): h.agents[1].agent}
	for name, collector := range collectors {
		books, err := collector.Books(deadline(h.t, patience), harness.DefaultExporter)
		require.NoError(h.t, err)
		require.NoError(h.t, books.Balanced())
		h.t.Logf("%s, since its last start: %s", name, books)
		repeated += books.Dropped["refused"]
		delete(books.Dropped, "refused")
		assert.Empty(h.t, books.Dropped, name)
	}
	// The gateway's kill may repeat one request of each sender, taken and not yet acknowledged, and one of its own.
	assert.LessOrEqual(h.t, repeated, uint64(4*2000))
}

// sameSoon waits until the endpoint has exactly the samples of the agent's host that its reference has. Targets go on being
// scraped, so both are compared up to a moment that has passed.
func (h *hosts) sameSoon(n int) {
	h.t.Helper()
	end := time.Now()
	var wanted, arrived map[string][]harness.Sample
	until(h.t, "the endpoint has what the agent scraped", func(ctx context.Context) (err error) {
		if wanted, err = samples(ctx, h.scraped, h.ofAgent(n)); err != nil {
			return err
		}
		if arrived, err = samples(ctx, h.endpoint, h.ofAgent(n)); err != nil {
			return err
		}
		before(wanted, end)
		before(arrived, end)
		if missing, extra := notIn(wanted, arrived), notIn(arrived, wanted); missing+extra > 0 {
			return fmt.Errorf("of %d samples %d are missing, %d were never scraped", total(wanted), missing, extra)
		}
		return nil
	})
	assert.Greater(h.t, len(wanted), 500)
	h.t.Logf("%s: %d series, %d samples, none missing", cluster(n), len(wanted), total(wanted))
}

// before leaves the samples that are older than a moment.
func before(all map[string][]harness.Sample, moment time.Time) {
	for series, samples := range all {
		for len(samples) > 0 && samples[len(samples)-1].Time.After(moment) {
			samples = samples[:len(samples)-1]
		}
		all[series] = samples
	}
}
