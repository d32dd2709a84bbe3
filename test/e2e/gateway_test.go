package e2e

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// A Prometheus server sends to the gateway as anybody's does, with a url and nothing else. The gateway is killed again and
// again: what it has acknowledged it delivers after its next start, what it has not the sender sends again. In the end the
// endpoint, a Prometheus that takes no sample out of order, has every sample that the sender has stored, and no other.
func TestAGatewayThatIsKilledLosesNothing(t *testing.T) {
	for _, message := range []string{"prometheus.WriteRequest", "io.prometheus.write.v2.Request"} {
		t.Run(message, func(t *testing.T) {
			t.Parallel()
			key := harness.NewAccessKey()
			endpoint := startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{key}})
			gateway := startCollector(t, harness.CollectorSettings{
				Config: "gateway.yaml", Directory: collectorDirectory(t, key, nil), RemoteWriteURL: endpoint.RemoteWriteURL(),
			})
			t.Cleanup(func() { gateway.Stop() })
			exporter := startNodeExporter(t, t.TempDir())
			sender := startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{key}, Config: fmt.Sprintf(`
global: {scrape_interval: 500ms, scrape_timeout: 500ms}
scrape_configs: [{job_name: node, static_configs: [{targets: [%q]}]}]
remote_write: [{url: %q, protobuf_message: %q}]
`, exporter.Address, gateway.WriteURL, message), Features: []string{"metadata-wal-records"}})

			selector := fmt.Sprintf("{instance=%q}[10m]", exporter.Address)
			for range 5 {
				samplesArrive(t, endpoint, selector, 500+rand.IntN(2000))
				gateway.Kill()
				require.NoError(t, gateway.Restart(deadline(t, patience)))
			}
			exporter.Stop() // no sample is made from here on but that the target is down
			complete(t, sender, endpoint, selector)
			assert.NotContains(t, gateway.Output.String(), "dropped")
		})
	}
}

// samplesArrive waits until the endpoint has that many more samples.
func samplesArrive(t *testing.T, endpoint *harness.Prometheus, selector string, more int) {
	t.Helper()
	before := -1
	until(t, fmt.Sprintf("%d more samples arrive", more), func(ctx context.Context) error {
		all, err := samples(ctx, endpoint, selector)
		if err != nil {
			return err
		}
		if before < 0 {
			before = total(all)
		}
		if now := total(all); now < before+more {
			return fmt.Errorf("%d so far", now-before)
		}
		return nil
	})
}

// samples are all of a selector, but those of series that say how a scrape went, by series.
func samples(ctx context.Context, prometheus *harness.Prometheus, selector string) (map[string][]harness.Sample, error) {
	result, err := prometheus.Query(ctx, selector)
	if err != nil {
		return nil, err
	}
	all := map[string][]harness.Sample{}
	for _, series := range result {
		if name := series.Labels["__name__"]; name != "up" && !slices.Contains(scrapeSeries, name) {
			all[identity(series.Labels)] = series.Samples
		}
	}
	return all, nil
}

// notIn counts the samples of a that b has not.
func notIn(a, b map[string][]harness.Sample) (count int) {
	for series, all := range a {
		times := map[time.Time]string{}
		for _, s := range b[series] {
			times[s.Time] = fmt.Sprint(s.Value)
		}
		for _, s := range all {
			if value, ok := times[s.Time]; !ok || value != fmt.Sprint(s.Value) {
				count++
			}
		}
	}
	return count
}

func total(all map[string][]harness.Sample) (n int) {
	for series := range maps.Values(all) {
		n += len(series)
	}
	return n
}
