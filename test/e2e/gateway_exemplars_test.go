package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

const (
	exemplifiedSeries  = 40
	exemplifiedScrapes = 6
)

// A Prometheus whose scrape is larger than a request of its remote write sends nearly all exemplars apart from their samples.
// Every exemplar that it has stored itself is in the end stored by the Prometheus behind the gateway, whichever protocols are
// spoken, and whether series travel packed or not.
func TestExemplarsOfAScrapeLargerThanARequest(t *testing.T) {
	const v1, v2 = "prometheus.WriteRequest", "io.prometheus.write.v2.Request"
	for name, test := range map[string]struct {
		sender, exporter string
		overrides        []string
	}{
		"1.0 to 1.0":           {v1, v1, nil},
		"1.0 to 2.0":           {v1, v2, nil},
		"2.0 to 1.0, unpacked": {v2, v1, unpackedOverrides},
		"2.0 to 2.0, unpacked": {v2, v2, unpackedOverrides},
	} {
		t.Run(name, func(t *testing.T) {
			key := harness.NewAccessKey()
			storage := harness.PrometheusSettings{Users: []harness.AccessKey{key}, Features: []string{"exemplar-storage"}}
			endpoint, direct := startPrometheus(t, storage), startPrometheus(t, storage)
			gateway := startCollector(t, harness.CollectorSettings{
				Config: "gateway.yaml", Directory: collectorDirectory(t, key, nil), RemoteWriteURL: endpoint.RemoteWriteURL(),
				Overrides: append([]string{
					harness.ExporterSetting("send_exemplars", true), harness.ExporterSetting("protobuf_message", test.exporter),
				}, test.overrides...),
			})
			target := startExemplified(t)
			const entry = `{url: %q, protobuf_message: %q, send_exemplars: true, queue_config: {max_samples_per_send: 5, max_shards: 1, batch_send_deadline: 100ms}%s}`
			storage.Config = fmt.Sprintf(`
global: {scrape_interval: 500ms, scrape_timeout: 500ms}
scrape_configs: [{job_name: exemplified, static_configs: [{targets: [%q]}]}]
remote_write: [`+entry+", "+entry+"]\n", strings.TrimPrefix(target, "http://"), gateway.WriteURL, test.sender, "",
				direct.RemoteWriteURL(), v1, fmt.Sprintf(", basic_auth: {username: %q, password: %q}", key.ID, key.Secret))
			sender := startPrometheus(t, storage)

			until(t, "all exemplars were scraped", func(ctx context.Context) error {
				return storedExemplars(ctx, sender, exemplifiedSeries*exemplifiedScrapes, nil)
			})
			for way, at := range map[string]*harness.Prometheus{"directly": direct, "through the gateway": endpoint} {
				until(t, "all exemplars arrived "+way, func(ctx context.Context) error {
					return storedExemplars(ctx, at, exemplifiedSeries*exemplifiedScrapes, sender)
				})
			}
			books, err := gateway.Settled(deadline(t, patience), harness.DefaultExporter)
			require.NoError(t, err)
			require.Empty(t, books.Dropped)
			page, err := harness.Fetch(t.Context(), gateway.MetricsURL)
			require.NoError(t, err)
			for line := range strings.Lines(page) {
				if strings.HasPrefix(line, "otelcol_receiver_remote_write_refused_exemplars") {
					require.True(t, strings.HasSuffix(line, " 0\n"), line)
				}
				if strings.HasPrefix(line, "otelcol_exporter_managed_prometheus_delivered_lone_exemplars") {
					require.False(t, strings.HasSuffix(line, " 0\n"), "no exemplar came without its sample: the test tests nothing")
				}
			}
			require.Contains(t, page, "otelcol_exporter_managed_prometheus_delivered_lone_exemplars")
		})
	}
}

// unpackedOverrides put a processor that changes data, though nothing of these, behind the receiver.
var unpackedOverrides = []string{
	"yaml:processors::attributes: {actions: [{key: nobody_has_this, action: delete}]}",
	"yaml:service::pipelines::metrics::processors: [memory_limiter, attributes]",
}

// startExemplified starts a target whose counters have other exemplars at each of the first scrapes, and the same from then on.
func startExemplified(t *testing.T) string {
	t.Helper()
	var scrapes atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		scrape := min(scrapes.Add(1), exemplifiedScrapes)
		w.Header().Set("Content-Type", "application/openmetrics-text; version=1.0.0; charset=utf-8")
		fmt.Fprintln(w, "# TYPE exemplified counter")
		for i := range exemplifiedSeries {
			fmt.Fprintf(w, "exemplified_total{series=\"%d\"} %d # {trace_id=\"%d-%d\"} 1\n", i, scrape, i, scrape)
		}
		fmt.Fprintln(w, "# EOF")
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// storedExemplars is an error until a Prometheus has that many exemplars, and, where there is another one, just those of it.
func storedExemplars(ctx context.Context, p *harness.Prometheus, want int, of *harness.Prometheus) error {
	have, err := exemplarsOf(ctx, p)
	if err != nil {
		return err
	}
	if len(have) != want {
		return fmt.Errorf("%d of %d", len(have), want)
	}
	if of == nil {
		return nil
	}
	all, err := exemplarsOf(ctx, of)
	for one := range all {
		if !have[one] {
			return fmt.Errorf("%s is missing", one)
		}
	}
	return err
}

// exemplarsOf returns all exemplars that a Prometheus has stored, as text.
func exemplarsOf(ctx context.Context, p *harness.Prometheus) (map[string]bool, error) {
	body, err := p.Get(ctx, "/api/v1/query_exemplars", url.Values{
		"query": {"exemplified_total"}, "start": {fmt.Sprint(time.Now().Add(-time.Hour).Unix())}, "end": {fmt.Sprint(time.Now().Add(time.Hour).Unix())},
	})
	if err != nil {
		return nil, err
	}
	var answer struct {
		Data []struct {
			SeriesLabels map[string]string
			Exemplars    []struct {
				Labels    map[string]string
				Value     string
				Timestamp float64
			}
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, err
	}
	all := map[string]bool{}
	for _, series := range answer.Data {
		for _, x := range series.Exemplars {
			all[fmt.Sprint(series.SeriesLabels, x.Labels, x.Value, x.Timestamp)] = true
		}
	}
	return all, nil
}
