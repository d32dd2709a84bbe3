package packages

import (
	"context"
	"os/exec"
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
	const name = "msp-collector"
	key := harness.NewAccessKey()
	prometheus := startPrometheus(t, key)
	remove := func() {
		_ = exec.Command("docker", "rm", "--force", name).Run() // the context of the test has ended by then
		_ = exec.Command("docker", "volume", "rm", "--force", name).Run()
	}
	remove()
	t.Cleanup(remove)
	shell := func(line string) string {
		command := exec.CommandContext(deadline(t), "sh", "-ec", line)
		command.Dir = t.TempDir()
		output, err := command.CombinedOutput()
		require.NoError(t, err, string(output))
		return string(output)
	}
	blocks := documented(t, "Docker", prometheus.RemoteWriteURL(), key)
	shell(blocks[0])
	d := &debian{t: t, name: name}
	d.delivers(prometheus, `up{job="msp-collector"}`)
	require.NoError(t, harness.Until(deadline(t), "it is ready", func(context.Context) error {
		_, err := exec.Command("sh", "-ec", blocks[1]).CombinedOutput()
		return err
	}))
}
