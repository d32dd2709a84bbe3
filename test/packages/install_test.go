package packages

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// documented are the shell lines of a section of docs/install.md, with a real URL and pair where it has dots.
func documented(t *testing.T, section, url string, key harness.AccessKey) []string {
	t.Helper()
	blocks, err := harness.InstallSteps(section, "https://...", url,
		`"AccessKeyId": "..."`, `"AccessKeyId": "`+key.ID+`"`, `"AccessKeySecret": "..."`, `"AccessKeySecret": "`+key.Secret+`"`)
	require.NoError(t, err)
	require.Len(t, blocks, 2, "what installs it, and what looks at it")
	return blocks
}

func startPrometheus(t *testing.T, key harness.AccessKey) *harness.Prometheus {
	t.Helper()
	prometheus, err := harness.StartPrometheus(deadline(t), harness.PrometheusSettings{Directory: t.TempDir(), Users: []harness.AccessKey{key}})
	require.NoError(t, err)
	t.Cleanup(prometheus.Stop)
	return prometheus
}

// The section for hosts is followed to the letter.
func TestInstallOnAHost(t *testing.T) {
	key := harness.NewAccessKey()
	prometheus := startPrometheus(t, key)
	d := startDebian(t)
	d.run("mkdir -p /srv/packages")
	d.docker("cp", built(t, debSuffix), d.name+":/srv/packages/")
	blocks := documented(t, "Host", prometheus.RemoteWriteURL(), key)
	d.run("cd /srv/packages; " + blocks[0])
	d.delivers(prometheus, `up{job="msp-collector"}`)
	require.Contains(t, d.run(blocks[1]), `"state": "delivering"`)

	// The log elsewhere, as its paragraph says.
	d.run("install -d -o msp-collector -g msp-collector -m 0750 /data/msp-collector")
	d.run("echo MSP_WAL_DIRECTORY=/data/msp-collector/wal >> " + environment)
	d.run("mkdir /etc/systemd/system/msp-collector.service.d")
	d.run("printf '[Service]\nReadWritePaths=/data/msp-collector\n' > /etc/systemd/system/msp-collector.service.d/override.conf")
	d.run("systemctl daemon-reload && systemctl restart msp-collector")
	d.delivers(prometheus, `up{job="msp-collector"}`)
	d.run("test -d /data/msp-collector/wal/managed_prometheus")
}

// The section for Docker is followed to the letter.
func TestInstallWithDocker(t *testing.T) {
	key := harness.NewAccessKey()
	prometheus := startPrometheus(t, key)
	installWithDocker(t, prometheus, documented(t, "Docker", prometheus.RemoteWriteURL(), key))
}

// So is the one for Docker with a prometheus.yml, which belongs to root and has the mode that the
// service's guide asks for. Its folder is one of the test's.
func TestInstallWithDockerOnAPrometheusYML(t *testing.T) {
	key := harness.NewAccessKey()
	prometheus := startPrometheus(t, key)
	directory := t.TempDir()
	require.NoError(t, os.Chmod(directory, 0o755))
	content := fmt.Sprintf("scrape_configs: [{job_name: gone, static_configs: [{targets: [\"127.0.0.1:1\"]}]}]\nremote_write: [{url: %q, basic_auth: {username: %s, password: %s}}]\n",
		prometheus.RemoteWriteURL(), key.ID, key.Secret)
	require.NoError(t, os.WriteFile(filepath.Join(directory, "prometheus.yml"), []byte(content), 0o600))
	blocks, err := harness.InstallSteps("Docker with a prometheus.yml", "/etc/prometheus", directory)
	require.NoError(t, err)
	require.Len(t, blocks, 2)
	installWithDocker(t, prometheus, blocks)
}

// installWithDocker runs what installs the collector, and what looks at it until it is ready and healthy.
func installWithDocker(t *testing.T, prometheus *harness.Prometheus, blocks []string) {
	t.Helper()
	const name = "msp-collector"
	remove := func() {
		_ = exec.Command("docker", "rm", "--force", name).Run() // the context of the test has ended by then
		_ = exec.Command("docker", "volume", "rm", "--force", name).Run()
	}
	remove()
	t.Cleanup(remove)
	install := exec.CommandContext(deadline(t), "sh", "-ec", blocks[0])
	install.Dir = t.TempDir()
	output, err := install.CombinedOutput()
	require.NoError(t, err, string(output))
	d := &debian{t: t, name: name}
	d.delivers(prometheus, `up{job="msp-collector"}`)
	require.NoError(t, harness.Until(deadline(t), "it is ready and healthy", func(context.Context) error {
		if output, err := exec.Command("sh", "-ec", blocks[1]).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w", output, err)
		}
		health, err := exec.Command("docker", "inspect", "--format", "{{.State.Health.Status}}", name).CombinedOutput()
		if err == nil && strings.TrimSpace(string(health)) != "healthy" {
			err = errors.New(string(health))
		}
		return err
	}))
}
