package e2e

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// gatewayRun is a gateway between a real Prometheus that scrapes a node_exporter and one that is the endpoint.
type gatewayRun struct {
	t        *testing.T
	key      harness.AccessKey
	endpoint *harness.Prometheus
	network  *harness.Relay // between gateway and endpoint
	gateway  *harness.Collector
	exporter *harness.NodeExporter
	sender   *harness.Prometheus
	selector string
}

// startGatewayRun starts all, and waits until samples arrive.
func startGatewayRun(t *testing.T, overrides ...string) *gatewayRun {
	t.Helper()
	r := &gatewayRun{t: t, key: harness.NewAccessKey()}
	r.endpoint = startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{r.key}})
	var err error
	r.network, err = harness.StartRelay(strings.TrimPrefix(r.endpoint.URL, "http://"))
	require.NoError(t, err)
	t.Cleanup(r.network.Close)
	r.gateway = startCollector(t, harness.CollectorSettings{
		Config: "gateway.yaml", Overrides: overrides, Directory: collectorDirectory(t, r.key, nil),
		RemoteWriteURL: "http://" + r.network.Address + "/api/v1/write",
	})
	t.Cleanup(func() { r.gateway.Stop() })
	r.exporter = startNodeExporter(t, t.TempDir())
	r.selector = fmt.Sprintf("{instance=%q}[10m]", r.exporter.Address)
	r.sender = startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{r.key}, Config: fmt.Sprintf(`
global: {scrape_interval: 500ms, scrape_timeout: 500ms}
scrape_configs: [{job_name: node, static_configs: [{targets: [%q]}]}]
remote_write: [{url: %q}]
`, r.exporter.Address, r.gateway.WriteURL)})
	samplesArrive(t, r.endpoint, r.selector, 1000)
	return r
}

// write sends series to the gateway, once.
func (r *gatewayRun) write(series ...prompb.TimeSeries) harness.Reply {
	r.t.Helper()
	reply, err := harness.Write(deadline(r.t, patience), http.DefaultClient, r.gateway.WriteURL, harness.AccessKey{}, series)
	require.NoError(r.t, err)
	return reply
}

// complete waits until the endpoint has every sample that the sender has, and requires that it has no other.
func (r *gatewayRun) complete() {
	r.t.Helper()
	r.exporter.Stop() // no sample is made from here on but that the target is down
	complete(r.t, r.sender, r.endpoint, r.selector)
}

// complete waits until the endpoint has what the sender has of a selector, and no more.
func complete(t *testing.T, sender, endpoint *harness.Prometheus, selector string) {
	t.Helper()
	var sent, arrived map[string][]harness.Sample
	until(t, "the endpoint has what the sender has", func(ctx context.Context) (err error) {
		if sent, err = samples(ctx, sender, selector); err != nil {
			return err
		}
		if arrived, err = samples(ctx, endpoint, selector); err != nil {
			return err
		}
		if missing := notIn(sent, arrived); missing > 0 {
			return fmt.Errorf("%d of %d samples are missing", missing, total(sent))
		}
		return nil
	})
	assert.Greater(t, len(sent), 500)
	assert.Zero(t, notIn(arrived, sent), "samples that were never sent")
	t.Logf("%d series, %d samples, none missing", len(sent), total(sent))
}

// comesLater requires the answer by which a sender keeps its samples and comes again.
func comesLater(t *testing.T, reply harness.Reply, because string) {
	t.Helper()
	assert.Equal(t, http.StatusServiceUnavailable, reply.Status)
	assert.NotEmpty(t, reply.Header.Get("Retry-After"))
	assert.Contains(t, reply.Body, because)
	t.Logf("%d, Retry-After %s: %s", reply.Status, reply.Header.Get("Retry-After"), reply.Body)
}

// retried waits until the sender has been sent away with n more samples.
func (r *gatewayRun) retried(n float64) {
	r.t.Helper()
	before := -1.0
	until(r.t, "the sender retries", func(ctx context.Context) error {
		now, err := r.sender.Metric(ctx, "prometheus_remote_storage_samples_retried_total")
		if err != nil {
			return err
		}
		if before < 0 {
			before = now
		}
		if now < before+n {
			return fmt.Errorf("%v samples so far", now-before)
		}
		return nil
	})
}

// The endpoint is cut off, and the log fills up. The gateway sends its senders away until it has room again; what they keep
// they send then.
func TestAFullGatewaySendsItsSendersAwayUntilItHasRoom(t *testing.T) {
	t.Parallel()
	r := startGatewayRun(t, harness.ExporterSetting("wal::max_size", "16MiB"))
	r.network.Cut()
	var reply harness.Reply
	filled := 0
	for series := 200; series > 0; series /= 10 { // the smaller ones take the room that the larger ones leave: the sender's are small, too
		for reply.Status = 0; reply.Status == 0 || reply.Status == http.StatusNoContent; filled++ {
			reply = r.write(incompressible(series)...)
			require.Less(t, filled, 100, "requests of up to 1 MB are in a log of 16 MiB")
		}
	}
	comesLater(t, reply, "full")
	r.retried(100)
	r.network.Reset() // or a request that hangs on its way would arrive beside its repetition
	r.network.Mend()
	r.complete()
	books, err := r.gateway.Settled(deadline(t, patience), harness.DefaultExporter)
	require.NoError(t, err)
	// The cut may have taken the answer to the one request under way. It is sent again, and a Prometheus refuses of it what is not the newest of its
	// series, which it has already: complete has seen that.
	assert.LessOrEqual(t, books.Dropped["refused"], uint64(2000))
	delete(books.Dropped, "refused")
	assert.Empty(t, books.Dropped)
	t.Logf("full after %d requests; %s", filled, books)
}

// incompressible is a request of so many series of 5 KB.
func incompressible(n int) []prompb.TimeSeries {
	now := time.Now().UnixMilli()
	series := make([]prompb.TimeSeries, n)
	for i := range series {
		series[i] = harness.SeriesOf(now, 1, "__name__", "filler", "text", text(4900))
	}
	return series
}

func text(length int) string {
	var b strings.Builder
	for b.Len() < length {
		b.WriteString(rand.Text())
	}
	return b.String()
}

// Memory is short, here because the limit is below what any collector has. The sender keeps its samples until a restart gives
// the gateway more.
func TestAGatewayShortOfMemorySendsItsSendersAway(t *testing.T) {
	t.Parallel()
	r := startGatewayRun(t)
	short := []string{
		"yaml:processors::memory_limiter::limit_mib: 3", "yaml:processors::memory_limiter::spike_limit_mib: 1",
		"yaml:processors::memory_limiter::limit_percentage: 0", "yaml:processors::memory_limiter::spike_limit_percentage: 0",
		"yaml:processors::memory_limiter::check_interval: 100ms",
	}
	require.NoError(t, r.gateway.Restart(deadline(t, patience), short...))
	var reply harness.Reply
	until(t, "the gateway refuses", func(context.Context) error {
		if reply = r.write(harness.SeriesOf(time.Now().UnixMilli(), 1, "__name__", "probe")); reply.Status == http.StatusNoContent {
			return fmt.Errorf("answered with %d", reply.Status)
		}
		return nil
	})
	comesLater(t, reply, "memory")
	r.retried(100)
	require.NoError(t, r.gateway.Restart(deadline(t, patience)))
	r.complete()
}

// Why nothing stands between the receiver and the log: with a batch processor there, what the gateway has acknowledged is in
// memory for a while, and a kill loses it.
func TestWhatABatchProcessorAcknowledgesAKillLoses(t *testing.T) {
	t.Parallel()
	for name, overrides := range map[string][]string{
		"gateway.yaml": {unwatched},
		"with batch": {
			unwatched,
			"yaml:processors::batch::timeout: 1h",
			"yaml:service::pipelines::metrics::processors: [memory_limiter, batch]",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &gatewayRun{t: t}
			endpoint := harness.StartEndpoint(nil)
			t.Cleanup(endpoint.Close)
			endpoint.Answer(func(int, harness.Received) harness.Answer {
				return harness.Answer{Status: http.StatusServiceUnavailable}
			})
			r.gateway = startCollector(t, harness.CollectorSettings{
				Config: "gateway.yaml", Overrides: overrides, Directory: collectorDirectory(t, harness.NewAccessKey(), nil), RemoteWriteURL: endpoint.URL,
			})
			t.Cleanup(func() { r.gateway.Stop() })
			reply := r.write(harness.SeriesOf(time.Now().UnixMilli(), 1, "__name__", "acknowledged"))
			require.Equal(t, http.StatusNoContent, reply.Status, reply.Body)
			r.gateway.Kill()
			require.NoError(t, r.gateway.Restart(deadline(t, patience)))
			books, err := r.gateway.Books(deadline(t, patience), harness.DefaultExporter)
			require.NoError(t, err)
			if name == "gateway.yaml" {
				assert.EqualValues(t, 1, books.Recovered)
			} else {
				assert.Zero(t, books.Recovered, "batch keeps nothing: then gateway.yaml may have it")
			}
		})
	}
}
