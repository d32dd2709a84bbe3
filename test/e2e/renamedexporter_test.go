package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// renamed is a collector on a configuration of its own, whose exporters are renamed while samples wait.
type renamed struct {
	*harness.Collector
	t        *testing.T
	path     string
	endpoint *harness.Endpoint
	ledger   *harness.Ledger
}

// startRenamed starts it with these exporters and an endpoint that refuses everything, and waits until samples are held.
func startRenamed(t *testing.T, exporters ...string) *renamed {
	t.Helper()
	directory := t.TempDir()
	targets := harness.StartTargets(1, 50)
	t.Cleanup(targets.Close)
	r := &renamed{t: t, path: filepath.Join(directory, "collector.yaml"), endpoint: harness.StartEndpoint(nil)}
	t.Cleanup(r.endpoint.Close)
	r.endpoint.Answer(harness.Always(harness.Answer{Status: http.StatusForbidden}))
	r.ledger = r.endpoint.Record()
	r.configure(targets.Address, exporters...)
	r.Collector = startCollector(t, harness.CollectorSettings{Config: r.path, Directory: directory, RemoteWriteURL: r.endpoint.URL})
	t.Cleanup(func() { r.Stop() })
	for _, name := range exporters {
		r.untilStatus(name+" holds samples", func(s *harness.Status) error {
			for _, d := range s.Destinations {
				if d.ID == "managed_prometheus/"+name && d.State == "held" && d.Queued >= 100 {
					return nil
				}
			}
			return fmt.Errorf("%+v", s.Destinations)
		})
	}
	return r
}

// configure writes the configuration with these exporters.
func (r *renamed) configure(target string, exporters ...string) {
	r.t.Helper()
	if target == "" {
		before, err := os.ReadFile(r.path)
		require.NoError(r.t, err)
		_, target, _ = strings.Cut(string(before), "targets: ['")
		target, _, _ = strings.Cut(target, "'")
	}
	var definitions, names strings.Builder
	for _, name := range exporters {
		fmt.Fprintf(&definitions, "  managed_prometheus/%s: {http: {endpoint: '${env:MSP_REMOTE_WRITE_URL}?for=%[1]s'}, wal: {directory: '${env:MSP_WAL_DIRECTORY}'}, queue_config: {batch_send_deadline: 500ms}}\n", name)
		fmt.Fprintf(&names, "managed_prometheus/%s,", name)
	}
	require.NoError(r.t, os.WriteFile(r.path, fmt.Appendf(nil, `extensions:
  health_check: {endpoint: '${env:MSP_HEALTH_ENDPOINT}'}
  delivery_status: {endpoint: '${env:MSP_STATUS_ENDPOINT}'}
receivers:
  prometheus_scrape:
    config:
      scrape_configs: [{job_name: load, scrape_interval: 500ms, scrape_timeout: 500ms, metrics_path: /0/metrics, static_configs: [{targets: ['%s']}]}]
exporters:
%sservice:
  extensions: [health_check, delivery_status]
  telemetry:
    metrics: {readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: '${env:MSP_TELEMETRY_PORT}'}}}}]}
    logs: {sampling: {enabled: false}}
  pipelines: {metrics: {receivers: [prometheus_scrape], exporters: [%s]}}
`, target, &definitions, strings.TrimSuffix(names.String(), ",")), 0o600))
}

// validate returns what `validate` prints about the configuration while the collector runs.
func (r *renamed) validate() string {
	r.t.Helper()
	output, err := harness.RunCollector(deadline(r.t, patience), harness.CollectorSettings{Config: r.path, Directory: filepath.Dir(r.path), RemoteWriteURL: r.endpoint.URL}, "validate")
	require.NoError(r.t, err, output)
	require.NotContains(r.t, output, "?for=")
	return output
}

func (r *renamed) untilStatus(what string, condition func(*harness.Status) error) {
	r.t.Helper()
	require.NoError(r.t, r.Until(deadline(r.t, patience), what, func(ctx context.Context) error {
		s, err := r.Status(ctx)
		if err != nil {
			return err
		}
		return condition(&s)
	}))
}

func (r *renamed) untilLogged(what string) {
	r.t.Helper()
	require.NoError(r.t, r.Until(deadline(r.t, patience), "the log has: "+what, func(context.Context) error {
		if !strings.Contains(r.Output.String(), what) {
			return errors.New("not yet")
		}
		return nil
	}))
}

func TestARenamedExporterDeliversWhatWaited(t *testing.T) {
	for name, restart := range map[string]func(*renamed){
		"reload":  func(r *renamed) { require.NoError(r.t, r.Signal(syscall.SIGHUP)) },
		"restart": func(r *renamed) { require.NoError(r.t, r.Restart(deadline(r.t, patience))) },
		"crash": func(r *renamed) {
			r.Kill()
			require.NoError(r.t, r.Restart(deadline(r.t, patience)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := startRenamed(t, "before")
			r.configure("", "after")
			r.endpoint.Answer(harness.Accept)
			restart(r)
			r.untilLogged("was taken over")
			r.untilStatus("what waited is delivered", func(s *harness.Status) error {
				if len(s.Destinations) != 1 || s.Destinations[0].Recovered < 100 || s.Destinations[0].Delivered < s.Destinations[0].Recovered+100 {
					return fmt.Errorf("%+v", s.Destinations)
				}
				return nil
			})
			s, err := r.Status(deadline(t, patience))
			require.NoError(t, err)
			require.Empty(t, s.OrphanedLogs)
			r.Stop()
			totals := r.ledger.Totals()
			require.Equal(t, totals.Accepted, totals.Ordered, "each once and in order: %v", r.ledger.Findings())
			require.NotContains(t, r.Output.String(), "?for=")
		})
	}
}

// Two exporters are replaced by two: what they left is shown, and the command hands it over. The collector is stopped once in between.
func TestOrphanedLogsAreShownAndHandedOver(t *testing.T) {
	r := startRenamed(t, "o1", "o2")
	r.configure("", "n1", "o2")
	require.Contains(t, r.validate(), "Note: managed_prometheus/n1 takes over the write-ahead log of managed_prometheus/o1: ")
	r.configure("", "n1", "n2")
	require.Equal(t, 2, strings.Count(r.validate(), "belongs to no exporter of this configuration: "), "before the reload")
	require.NoError(t, r.Signal(syscall.SIGHUP))
	r.untilLogged("no write-ahead log is taken over")
	orphaned := map[string]uint64{}
	r.untilStatus("both are shown", func(s *harness.Status) error {
		for _, log := range s.OrphanedLogs {
			orphaned[log.Folder] = log.Samples
		}
		if len(orphaned) != 2 {
			return fmt.Errorf("%+v", s.OrphanedLogs)
		}
		return nil
	})
	page, err := harness.Fetch(deadline(t, patience), r.StatusURL)
	require.NoError(t, err)
	var sum uint64
	for folder, samples := range orphaned {
		require.GreaterOrEqual(t, samples, uint64(100))
		require.Contains(t, page, folder)
		require.Contains(t, r.Output.String(), "wal deliver "+folder+" EXPORTER")
		sum += samples
	}
	metrics, err := harness.Fetch(deadline(t, patience), r.MetricsURL)
	require.NoError(t, err)
	require.Regexp(t, fmt.Sprintf(`otelcol_exporter_managed_prometheus_orphaned_samples{.*directory="[^"]*/wal".*} %d\n`, sum), metrics)

	r.Stop()
	for folder, samples := range orphaned {
		binary, err := harness.Binary("msp-collector")
		require.NoError(t, err)
		process, err := harness.StartProcess(binary, []string{"wal", "deliver", folder, "managed_prometheus/n1"}, nil)
		require.NoError(t, err)
		require.NoError(t, process.Wait(deadline(t, patience)), process.Output)
		require.Contains(t, process.Output.String(), fmt.Sprintf("Handed over: %d samples", samples))
		require.NoDirExists(t, folder)
	}
	r.endpoint.Answer(harness.Accept)
	require.NoError(t, r.Restart(deadline(t, patience)))
	require.NoError(t, r.Until(deadline(t, patience), "both are delivered", func(context.Context) error {
		if n := strings.Count(r.Output.String(), "its folder was deleted"); n < 2 {
			return fmt.Errorf("%d are", n)
		}
		return nil
	}))
	for _, samples := range orphaned {
		require.Contains(t, r.Output.String(), fmt.Sprintf(`"delivered": %d, "dropped": 0`, samples))
	}
	entries, err := filepath.Glob(filepath.Join(filepath.Dir(r.path), "state", "wal", "managed_prometheus*"))
	require.NoError(t, err)
	require.Len(t, entries, 2, "those of the exporters")
}
