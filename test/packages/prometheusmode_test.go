package packages

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

const prometheusFile = "/etc/prometheus/prometheus.yml"

// The section for a host with a prometheus.yml is followed to the letter. The file has the owner and mode
// that the service's guide asks for.
func TestInstallOnAHostWithAPrometheusYML(t *testing.T) {
	key := harness.NewAccessKey()
	prometheus := startPrometheus(t, key)
	d := startDebian(t)
	d.run("mkdir -p /srv/packages /etc/prometheus")
	d.docker("cp", built(t, debSuffix), d.name+":/srv/packages/")
	content := fmt.Sprintf("scrape_configs: [{job_name: gone, static_configs: [{targets: [\"127.0.0.1:1\"]}]}]\nremote_write: [{url: %q, basic_auth: {username: %s, password: %s}}]\n",
		prometheus.RemoteWriteURL(), key.ID, key.Secret)
	d.put(prometheusFile, content)
	d.run("chmod 0600 " + prometheusFile)
	blocks, err := harness.InstallSteps("Host with a prometheus.yml")
	require.NoError(t, err)
	require.Len(t, blocks, 1)
	d.run("cd /srv/packages; " + blocks[0])
	d.delivers(prometheus, `up{job="msp-collector"}`)
	assert.Contains(t, d.run("msp-collector probe"), "ready: new samples are accepted")
	assert.Equal(t, "/usr/bin/msp-collector", strings.TrimSpace(d.run("readlink /proc/"+d.service("MainPID")+"/exe")))

	pid := d.service("MainPID")
	d.put(prometheusFile, "nonsense: true\n"+content)
	d.fails("systemctl", "reload", "msp-collector")
	assert.Contains(t, d.run("journalctl --no-pager --unit msp-collector"), "field nonsense not found")
	d.delivers(prometheus, `up{job="msp-collector"}`)
	d.put(prometheusFile, strings.Replace(content, "job_name: gone", "job_name: reloaded", 1))
	d.run("systemctl reload msp-collector")
	d.delivers(prometheus, `up{job="reloaded"}`)
	assert.Equal(t, pid, d.service("MainPID"), "the process stays")
}

// MODE decides what the service runs.
func TestModeNamesTheConfiguration(t *testing.T) {
	root, err := harness.Root()
	require.NoError(t, err)
	script, err := os.ReadFile(filepath.Join(root, "distribution", "packaging", "scripts", "run.sh"))
	require.NoError(t, err)
	directory := t.TempDir()
	more := filepath.Join(directory, "prometheus.yaml")
	text := strings.NewReplacer("/usr/bin/msp-collector", "echo", "/etc/msp-collector/prometheus.yaml", more).Replace(string(script))
	run := func(arguments string, env ...string) string {
		process, err := harness.StartProcess("/bin/sh", append([]string{"-c", text, "run"}, strings.Fields(arguments)...), env)
		require.NoError(t, err)
		t.Cleanup(process.Stop)
		require.NoError(t, process.Wait(deadline(t)), process.Output.String())
		return strings.TrimSpace(process.Output.String())
	}
	assert.Equal(t, "--config /etc/msp-collector/gateway.yaml", run("", "MODE=gateway"))
	assert.Equal(t, "validate --config prometheus:/etc/prometheus/prometheus.yml", run("validate", "MODE=prometheus"))
	require.NoError(t, os.WriteFile(more, nil, 0o600))
	assert.Equal(t, "--config prometheus:/srv/p.yml --config "+more, run("", "MODE=prometheus", "MSP_PROMETHEUS_FILE=/srv/p.yml"))
}
