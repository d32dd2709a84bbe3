package identity

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// TestTheGatewaySendsWhatItIsSent proves the contract for the gateway: one Prometheus scrapes, and sends the same directly and
// through the gateway. Nothing may differ, and there are no exceptions: it is the same samples.
func TestTheGatewaySendsWhatItIsSent(t *testing.T) {
	for name, agent := range map[string]bool{"server": false, "agent": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stopGateway func()
			r := startRun(t, true, func(fixtures []fixture) (all []*scraper, address string) {
				all, address, stopGateway = startSender(t, fixtures, agent)
				return all, address
			})
			r.until(t, "everything was sent", r.scraped)
			r.without(t, removedFixture)
			r.until(t, "the removed target is stale", r.removedIsStale)
			r.scrapers[0].stop() // which sends what it has
			stopGateway()        // likewise
			r.compareGateway(t)
		})
	}
}

func (r *run) compareGateway(t *testing.T) {
	direct := r.scrapers[0].read(t)
	for version, want := range direct {
		r.saysSomething(t, version, want)
	}
	for _, way := range r.scrapers[1:] {
		for version, got := range way.read(t) {
			t.Run(way.name+"/"+version, func(t *testing.T) {
				results := append(compare(direct[version], got, nil), compareFamilies(direct[version].families, got.families, 0))
				report(t, results)
				for _, c := range results {
					require.Zero(t, c.alone, "%s: exemplars of series without samples are missing", c.fixture)
				}
			})
		}
	}
}

// startSender starts a gateway, and a Prometheus that sends directly to recorders and through the gateway to others. The gateway's
// two ways stand in the list of scrapers for the sake of their recorders.
func startSender(t *testing.T, fixtures []fixture, agent bool) (all []*scraper, address string, stop func()) {
	t.Helper()
	key := harness.NewAccessKey()
	address, err := harness.FreeAddress()
	require.NoError(t, err)
	sender := newScraper(t, reference)
	sender.agent = agent
	sender.prepare(t, fixtures, key)
	all = []*scraper{sender}
	var env []string
	for _, way := range []string{packed, unpacked} {
		one := newScraper(t, way)
		for version, message := range messages {
			listen, err := harness.FreeAddress()
			require.NoError(t, err)
			name := strings.ToUpper(way + "_V" + version[:1])
			env = append(env, "IDENTITY_LISTEN_"+name+"="+listen, "IDENTITY_"+name+"="+one.recorders[version].endpoint.URL)
			sender.senders += fmt.Sprintf(`
  - url: http://%s/api/v1/write
    protobuf_message: %s
    send_exemplars: true
    send_native_histograms: true
    queue_config: {min_shards: 1, max_shards: 1, batch_send_deadline: 100ms}
    metadata_config: {send_interval: 2s}
`, listen, message)
		}
		all = append(all, one)
	}
	directory := t.TempDir()
	config, err := os.ReadFile("testdata/gateway.yaml")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(directory, "gateway.yaml"), config, 0o600))
	gateway, err := harness.StartCollector(deadline(t), harness.CollectorSettings{
		Config: filepath.Join(directory, "gateway.yaml"), Directory: directory, Env: env,
	})
	require.NoError(t, err)
	t.Cleanup(func() { gateway.Stop(); show(t, "gateway", gateway.Process) })
	sender.startPrometheus(t, address, key, true)
	return all, address, func() { gateway.Stop() }
}
