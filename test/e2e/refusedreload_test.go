package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// reloading is a collector on a configuration of plain YAML that scrapes a target, delivers to an endpoint, and is reloaded.
type reloading struct {
	*harness.Process
	*testing.T
	endpoint *harness.Endpoint
	file     string // the configuration that changes
	status   string
}

const reloadingConfig = `
receivers:
  prometheus_scrape:
    config:
      global: {scrape_interval: 1s}
      scrape_configs: [{job_name: own, static_configs: [{targets: ['METRICS']}]}]
exporters:
  managed_prometheus:
    http: {endpoint: 'ENDPOINT'}
    wal: {directory: 'DIR/wal'}
    queue_config: {batch_send_deadline: 100ms}
extensions:
  delivery_status: {endpoint: 'STATUS'}
service:
  extensions: [delivery_status]
  telemetry: {metrics: {readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: PORT}}}}]}}
  pipelines: {metrics: {receivers: [prometheus_scrape], exporters: [managed_prometheus]}}
`

func startReloading(t *testing.T) *reloading {
	t.Helper()
	endpoint := harness.StartEndpoint(nil)
	t.Cleanup(endpoint.Close)
	directory := t.TempDir()
	metrics := freeAddress(t)
	r := &reloading{T: t, endpoint: endpoint, file: filepath.Join(directory, "collector.yaml"), status: freeAddress(t)}
	r.write(strings.NewReplacer("METRICS", metrics, "PORT", metrics[strings.LastIndex(metrics, ":")+1:], "STATUS", r.status,
		"ENDPOINT", endpoint.URL, "DIR", directory).Replace(reloadingConfig))
	binary, err := harness.Binary("msp-collector")
	require.NoError(t, err)
	r.Process, err = harness.StartProcess(binary, []string{"--config", r.file}, nil)
	require.NoError(t, err)
	stopAtEnd(t, "the collector", r.Process)
	r.delivers()
	return r
}

func (r *reloading) write(content string) {
	r.Helper()
	require.NoError(r, os.WriteFile(r.file, []byte(content), 0o600))
}

func (r *reloading) content() string {
	r.Helper()
	content, err := os.ReadFile(r.file)
	require.NoError(r, err)
	return string(content)
}

// delivers waits until the endpoint has received more.
func (r *reloading) delivers() {
	r.Helper()
	before := r.endpoint.Count()
	require.NoError(r, r.Until(deadline(r.T, patience), "samples are delivered", func(context.Context) error {
		if now := r.endpoint.Count(); now < before+3 {
			return fmt.Errorf("%d requests", now-before)
		}
		return nil
	}))
}

// scrapes returns when the target was scraped, in milliseconds, oldest first.
func (r *reloading) scrapes() []int64 {
	var times []int64
	for _, request := range r.endpoint.Received() {
		for i := range request.Series {
			if series := &request.Series[i]; series.Label("__name__") == "up" {
				for _, sample := range series.Samples {
					times = append(times, sample.Timestamp)
				}
			}
		}
	}
	slices.Sort(times)
	return slices.Compact(times)
}

// reload runs `msp-collector reload` and returns what it printed, and whether it succeeded.
func (r *reloading) reload() (string, bool) {
	r.Helper()
	binary, err := harness.Binary("msp-collector")
	require.NoError(r, err)
	command, err := harness.StartProcess(binary, []string{"reload", fmt.Sprint(r.PID())}, []string{"MSP_STATUS_ENDPOINT=" + r.status})
	require.NoError(r, err)
	r.Cleanup(command.Stop)
	err = command.Wait(deadline(r.T, patience))
	return command.Output.String(), err == nil
}

// A configuration that fails the check touches nothing that runs, and the command that reloads says why.
func TestARefusedReloadTouchesNothing(t *testing.T) {
	r := startReloading(t)
	good := r.content()
	for name, bad := range map[string]string{
		"tls_config":                strings.Replace(good, "http: {", "http: {tls: {ca_file: /nonexistent/ca.pem}, ", 1),
		"accesskey_atuh":            strings.Replace(good, "http: {", "http: {auth: {authenticator: accesskey_atuh}, ", 1),
		"cannot be parsed as YAML":  good + "\n\t",
		"unknown component":         strings.Replace(good, "prometheus_scrape:", "prometheus_scrap:", 1),
		"variable that is not text": strings.Replace(good, "'DIR'", "${", 1) + "\nextensions: {a: ${b c}}",
	} {
		r.write(bad)
		output, succeeded := r.reload()
		assert.False(t, succeeded, name)
		assert.Contains(t, output, "the collector continues with the last one that ran", name)
		r.delivers()
	}
	assert.NotContains(t, r.Output.String(), "Starting shutdown")
	r.write(good)
	output, succeeded := r.reload()
	assert.True(t, succeeded, output)
	assert.Contains(t, output, "in use")
}

// A configuration that passes the check and does not start is replaced by the last one that ran: each target misses one scrape at most.
func TestAReloadThatDoesNotStartGoesBack(t *testing.T) {
	other, r := startReloading(t), startReloading(t)
	good := r.content()
	for range 2 {
		r.write(strings.Replace(good, "directory: '"+filepath.Dir(r.file), "directory: '"+filepath.Dir(other.file), 1)) // its lock is held
		output, succeeded := r.reload()
		assert.False(t, succeeded)
		assert.Contains(t, output, "in use by another")
		r.delivers()
	}
	r.write(strings.Replace(good, "batch_send_deadline: 100ms", "batch_send_deadline: 110ms", 1))
	output, succeeded := r.reload()
	assert.True(t, succeeded, output)
	r.delivers()

	scrapes := r.scrapes()
	for i := 1; i < len(scrapes); i++ {
		assert.LessOrEqual(t, scrapes[i]-scrapes[i-1], (2*time.Second + 500*time.Millisecond).Milliseconds(), "scrape %d of %d", i, len(scrapes))
	}
	t.Logf("%d scrapes over two reloads that failed and one that did not", len(scrapes))
}

// SIGHUP at any moment of the start does not end a collector that starts as the packages' service does: with the signal ignored
// until the collector handles it.
func TestSIGHUPWhileStarting(t *testing.T) {
	r := startReloading(t)
	r.Stop()
	binary, err := harness.Binary("msp-collector")
	require.NoError(t, err)
	process, err := harness.StartProcess("/bin/sh", []string{"-c", `trap '' HUP; echo "signals are ignored"; exec "$0" "$@"`, binary, "--config", r.file}, nil)
	require.NoError(t, err)
	stopAtEnd(t, "the collector", process)
	signals := 0
	require.NoError(t, harness.Until(deadline(t, patience), "it runs", func(context.Context) error {
		output := process.Output.String()
		if strings.Contains(output, "signals are ignored") {
			require.NoError(t, process.Signal(syscall.SIGHUP))
			signals++
		}
		if !strings.Contains(output, "Everything is ready") {
			return errors.New("not yet")
		}
		return nil
	}))
	assert.Positive(t, signals)
	r.Process = process
	r.delivers()
}
