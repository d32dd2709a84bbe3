package dropin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// With a prometheus.yml and nothing else there is what the other modes have: the status page with the
// health that `probe` asks, the collector's own metrics delivered under the host's name, and the folder
// and size of the write-ahead log where the environment says.
func TestADropInHasWhatOtherModesHave(t *testing.T) {
	endpoint := harness.StartEndpoint(nil)
	t.Cleanup(endpoint.Close)
	directory := t.TempDir()
	path, wal := filepath.Join(directory, "prometheus.yml"), filepath.Join(directory, "logs")
	write(t, path, fill(existing+"remote_write: [{url: ENDPOINT, name: main, queue_config: {batch_send_deadline: 100ms}}]\n", "ENDPOINT", endpoint.URL))
	health := freeAddress(t)
	c := startCollectorIn(t, t.TempDir(), []string{"HOSTNAME=web-1", "MSP_WAL_DIRECTORY=" + wal, "MSP_WAL_MAX_SIZE=123MiB", "MSP_HEALTH_ENDPOINT=" + health}, "prometheus:"+path)
	assert.Contains(t, c.Output.String(), "The collector adds to the prometheus.yml")
	assert.Contains(t, c.Output.String(), "MSP_SELF_SCRAPE=false leaves the job out")

	require.NoError(t, c.Until(deadline(t), "its own metrics are delivered", func(context.Context) error {
		for _, request := range endpoint.Received() {
			for i := range request.Series {
				if s := &request.Series[i]; s.Label("__name__") == "otelcol_process_uptime" && s.Label("job") == "msp-collector" && s.Label("instance") == "web-1" {
					return nil
				}
			}
		}
		return errors.New("not yet")
	}))
	text, err := harness.Fetch(deadline(t), c.statusURL+"/api/v1/status")
	require.NoError(t, err)
	var status struct {
		Destinations []struct {
			WAL struct {
				Directory string
				MaxBytes  int64 `json:"max_bytes"`
			}
		}
		Receivers []struct{ Jobs []struct{ Name string } }
	}
	require.NoError(t, json.Unmarshal([]byte(text), &status))
	assert.Equal(t, wal, filepath.Dir(status.Destinations[0].WAL.Directory))
	assert.EqualValues(t, 123<<20, status.Destinations[0].WAL.MaxBytes)
	assert.Len(t, status.Receivers[0].Jobs, 2)
	_, err = harness.Fetch(deadline(t), "http://"+health)
	require.NoError(t, err, "health_check answers where it is wanted")

	probe, err := harness.StartProcess(binary(t, "msp-collector"), []string{"probe"}, []string{"MSP_STATUS_ENDPOINT=" + strings.TrimPrefix(c.statusURL, "http://")})
	require.NoError(t, err)
	t.Cleanup(probe.Stop)
	require.NoError(t, probe.Wait(deadline(t)), probe.Output.String())
	assert.Contains(t, probe.Output.String(), "ready: new samples are accepted")
}

// What a target exposes that cannot be parsed is seen with nothing but the prometheus.yml, in the words
// of Prometheus.
func TestAParseErrorIsSeenWithoutAddingAnything(t *testing.T) {
	endpoint := harness.StartEndpoint(nil)
	t.Cleanup(endpoint.Close)
	all := startTargets(t)
	path := filepath.Join(t.TempDir(), "prometheus.yml")
	write(t, path, all.place(fill("scrape_configs: [{job_name: broken, scrape_interval: 1s, metrics_path: /garbage, static_configs: [{targets: [TARGET_A]}]}]\nremote_write: [{url: ENDPOINT}]\n", "ENDPOINT", endpoint.URL)))
	c := startCollector(t, "prometheus:"+path)
	require.NoError(t, c.Until(deadline(t), "the page has the error", func(ctx context.Context) error {
		page, err := harness.Fetch(ctx, c.statusURL+"/")
		if err == nil && !strings.Contains(page, "expected label name, got") {
			err = errors.New("not yet")
		}
		return err
	}))
}

// A port that is taken ends the start with the name of the variable that moves it.
func TestAPortThatIsTakenNamesItsVariable(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = taken.Close() })
	path := filepath.Join(t.TempDir(), "prometheus.yml")
	write(t, path, existing+"remote_write: [{url: 'http://127.0.0.1:1/api/v1/write'}]\n")
	_, port, err := net.SplitHostPort(taken.Addr().String())
	require.NoError(t, err)
	for variable, value := range map[string]string{
		"MSP_STATUS_ENDPOINT": taken.Addr().String(), "MSP_HEALTH_ENDPOINT": taken.Addr().String(), "MSP_TELEMETRY_PORT": port,
	} {
		t.Run(variable, func(t *testing.T) {
			own, err := harness.NewOwnEndpoints()
			require.NoError(t, err)
			env := slices.Concat(own.Env, []string{"STATE_DIRECTORY=" + t.TempDir(), fmt.Sprintf("%s=%s", variable, value)})
			process, err := harness.StartProcess(binary(t, "msp-collector"), []string{"--config=prometheus:" + path}, env)
			require.NoError(t, err)
			t.Cleanup(process.Stop)
			require.Error(t, process.Wait(deadline(t)))
			output := process.Output.String()
			said := output[max(0, strings.LastIndex(output, "Error: ")):]
			t.Log(said)
			assert.Contains(t, said, "address already in use")
			assert.Contains(t, said, variable)
		})
	}
}
