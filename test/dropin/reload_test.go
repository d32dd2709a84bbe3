package dropin

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// The load: targets, and series of each, scraped every second.
const (
	loadTargets = 20
	loadSeries  = 500
	interval    = time.Second
)

const (
	reloadsMetric = "otelcol_config_reloads"
	lastMetric    = "otelcol_config_last_reload_successful"
)

// loaded is a collector at work on a file that tests change.
type loaded struct {
	*collector
	t        *testing.T
	path     string
	content  string
	targets  *harness.Targets
	endpoint *harness.Endpoint
}

func startLoaded(t *testing.T) *loaded {
	t.Helper()
	l := &loaded{t: t, targets: harness.StartTargets(loadTargets, loadSeries), endpoint: harness.StartEndpoint(nil)}
	t.Cleanup(l.targets.Close)
	t.Cleanup(l.endpoint.Close)
	directory := t.TempDir()
	require.NoError(t, l.targets.WriteTargets(filepath.Join(directory, "targets.json")))
	l.path = filepath.Join(directory, "prometheus.yml")
	l.content = fmt.Sprintf(`global: {scrape_interval: %[2]v, scrape_timeout: %[2]v}
scrape_config_files: ['jobs/*.yml']
scrape_configs:
  - job_name: load
    file_sd_configs: [{files: [targets.json]}]
remote_write:
  - {url: '%[1]s', name: main, basic_auth: {username: LTAI5tReload, password: not-to-be-printed}}
`, l.endpoint.URL, interval)
	write(t, l.path, l.content)
	l.collector = startCollector(t, "prometheus:"+l.path, "--config=yaml:service::telemetry::logs::sampling::enabled: false")
	l.until("all targets are scraped", func(context.Context) error {
		if scraped := l.ups(); len(scraped) < loadTargets {
			return fmt.Errorf("%d targets", len(scraped))
		}
		return nil
	})
	return l
}

func (l *loaded) until(what string, condition func(context.Context) error) {
	l.t.Helper()
	require.NoError(l.t, l.Until(deadline(l.t), what, condition))
}

// ups are the times of the scrapes of each target.
func (l *loaded) ups() map[string][]int64 {
	times := map[string][]int64{}
	for _, request := range l.endpoint.Received() {
		for i := range request.Series {
			if series := &request.Series[i]; series.Label("__name__") == "up" {
				for _, sample := range series.Samples {
					if sample.Value() == 1 {
						times[series.Label("instance")] = append(times[series.Label("instance")], sample.Timestamp)
					}
				}
			}
		}
	}
	for _, all := range times {
		slices.Sort(all)
	}
	return times
}

// count waits until a metric of the provider has a value.
func (l *loaded) count(metric, label, of string, want int) {
	l.t.Helper()
	l.until(fmt.Sprintf("%s %s is %d", metric, of, want), func(ctx context.Context) error {
		counts, err := l.metric(ctx, metric, label)
		if err == nil && counts[of] != want {
			err = fmt.Errorf("it is %d", counts[of])
		}
		return err
	})
}

// broken are ways in which a file is wrong, at any depth that something notices.
var broken = []func(good string) string{
	func(good string) string { return good + "nonsense: true\n" },
	func(good string) string { return good[:len(good)/2] },
	func(string) string { return "" },
	func(good string) string {
		return strings.Replace(good, "job_name: load", "job_name: [not-to-be-printed]", 1)
	},
	func(good string) string { return strings.Replace(good, "http://", "ftp://", 1) },
	func(good string) string {
		return regexp.MustCompile(`basic_auth: {.*}}`).ReplaceAllString(good, "sigv4: {region: cn, access_key: a, secret_key: not-to-be-printed}}")
	},
	func(good string) string {
		return strings.Replace(good, "name: main", "queue_config: {max_shards: 100000}", 1)
	},
	func(good string) string { return strings.Replace(good, "LTAI5tReload", "'<accesskey-id>'", 1) },
	func(good string) string { return strings.Replace(good, "files: [targets.json]", "files: [targets]", 1) },
	func(good string) string { return good + "\tx" },
	func(good string) string {
		return strings.Replace(good, "name: main", "name: main, tls_config: {ca_file: /nonexistent/ca.pem}", 1)
	},
}

// 50 files that are wrong, by signal and found by itself, touch nothing that runs.
func TestBrokenReloadsTouchNothing(t *testing.T) {
	const reloads = 50
	l := startLoaded(t)
	signals := 0
	for n := range reloads {
		before, err := l.metric(deadline(t), reloadsMetric, "result")
		require.NoError(t, err)
		write(t, l.path, broken[n%len(broken)](l.content))
		if n%len(broken) > 0 { // the others are found by themselves
			require.NoError(t, l.Signal(syscall.SIGHUP))
			signals++
		}
		l.until("it is refused", func(ctx context.Context) error {
			counts, err := l.metric(ctx, reloadsMetric, "result")
			switch heard := strings.Count(l.Output.String(), "Received signal from OS"); {
			case err != nil:
				return err
			case heard < signals:
				return fmt.Errorf("%d of %d signals are heard", heard, signals)
			case counts["refused"] <= before["refused"]:
				return fmt.Errorf("%d are refused", counts["refused"])
			}
			return nil
		})
	}
	l.count(lastMetric, "", "", 0)
	write(t, l.path, l.content)
	l.count(lastMetric, "", "", 1)
	l.count(reloadsMetric, "result", "accepted", 1)

	missed, scrapes := 0, 0
	for instance, times := range l.ups() {
		scrapes += len(times)
		for i := 1; i < len(times); i++ {
			if gap := time.Duration(times[i]-times[i-1]) * time.Millisecond; gap > interval*7/4 {
				missed++
				t.Logf("%s: %v between scrapes", instance, gap)
			}
		}
	}
	assert.Zero(t, missed, "scrapes missed")
	t.Logf("%d broken reloads, %d scrapes of %d targets, %d missed", reloads, scrapes, loadTargets, missed)
	output := l.Output.String()
	for _, unwanted := range []string{"Configuration changed", "Starting shutdown", "Extension is stopping", "not-to-be-printed"} {
		assert.NotContains(t, output, unwanted)
	}
	assert.Contains(t, output, "line 8: field nonsense not found in type config.plain")
	l.count("otelcol_exporter_managed_prometheus_recovered_samples", "", "", 0)
	reasons := map[string]bool{}
	for line := range strings.Lines(output) {
		if _, reason, refused := strings.Cut(line, `"error": `); refused {
			reasons[strings.ReplaceAll(reason, filepath.Dir(l.path), "")] = true
		}
	}
	t.Logf("why they are refused:\n%s", strings.Join(slices.Sorted(maps.Keys(reasons)), ""))
	assert.Len(t, reasons, len(broken))
}

// A good change is found by itself, also in a file that is included, and restarts the receiver alone.
func TestGoodReloadsRestartWhatChanged(t *testing.T) {
	l := startLoaded(t)
	write(t, filepath.Join(filepath.Dir(l.path), "jobs", "more.yml"), `scrape_configs:
  - job_name: more
    metrics_path: /0/metrics
    static_configs: [{targets: [`+l.targets.Address+`], labels: {instance: more}}]
`)
	more := func(context.Context) error {
		if len(l.ups()["more"]) == 0 {
			return errors.New("not scraped yet")
		}
		return nil
	}
	l.until("the included job is scraped", more)
	l.count(reloadsMetric, "result", "accepted", 2)
	assert.Contains(t, l.Output.String(), `"receivers_only": true`)
	assert.NotContains(t, l.Output.String(), `"receivers_only": false`)
	before := maps.Clone(l.ups())

	write(t, l.path, strings.ReplaceAll(l.content, "name: main", "name: main, headers: {X-Tenant: b}"))
	require.NoError(t, l.Signal(syscall.SIGHUP))
	l.until("requests have the new header", func(context.Context) error {
		all := l.endpoint.Received()
		if all[len(all)-1].Header.Get("X-Tenant") != "b" {
			return errors.New("not yet")
		}
		return nil
	})
	assert.Contains(t, l.Output.String(), `"receivers_only": false`)
	l.count(reloadsMetric, "result", "accepted", 3)
	l.until("scraping goes on", func(context.Context) error {
		for instance, times := range l.ups() {
			if len(times) <= len(before[instance]) {
				return fmt.Errorf("%s: %d scrapes", instance, len(times))
			}
		}
		return nil
	})
	_, err := os.Stat(filepath.Join(l.state, "wal"))
	require.NoError(t, err, "the write-ahead logs are where systemd says")
}
