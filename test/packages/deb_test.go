package packages

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

const (
	keyFile     = "/etc/msp-collector/accesskey.json"
	environment = "/etc/msp-collector/msp-collector.env"
)

// TestDeb lives with the package: install, configure, deliver, reload, upgrade, remove, purge.
func TestDeb(t *testing.T) {
	d := startDebian(t)
	d.install(built(t, "_amd64.deb"), "dpkg --install")
	d.isInstalled()
	d.refusesThePlaceholder()

	key := harness.NewAccessKey()
	prometheus := startPrometheus(t, key)
	settings := d.configure(prometheus.RemoteWriteURL())
	d.put(keyFile, string(key.JSON()))
	d.start()
	d.delivers(prometheus)
	assert.Contains(t, d.run("MSP_STATUS_ENDPOINT="+settings.status+" msp-collector probe"), "ready: data are accepted")

	d.reloads(prometheus)
	d.upgrades(prometheus, settings)

	d.run("dpkg --remove msp-collector")
	d.run("test -s " + keyFile + " && test -s " + environment + " && test -d /var/lib/msp-collector/wal && ! test -e /usr/bin/msp-collector")
	d.run("dpkg --purge msp-collector")
	d.run("! test -e /etc/msp-collector && ! test -e /var/lib/msp-collector && ! getent passwd msp-collector")
}

func (d *debian) isInstalled() {
	d.t.Helper()
	assert.Equal(d.t, "msp-collector msp-collector 600", strings.TrimSpace(d.run("stat -c '%U %G %a' "+keyFile)))
	assert.Equal(d.t, "msp-collector msp-collector 750", strings.TrimSpace(d.run("stat -c '%U %G %a' /var/lib/msp-collector")))
	assert.Contains(d.t, d.run("msp-collector --version"), "msp-collector version")
	assert.Contains(d.t, d.fails("msp-collector-convert"), "usage: msp-collector-convert")
	d.run("bash -n /usr/share/bash-completion/completions/msp-collector; gzip -t /usr/share/man/man8/msp-collector.8.gz")
}

// refusesThePlaceholder tells what a fresh package says to somebody who checks it.
func (d *debian) refusesThePlaceholder() {
	d.t.Helper()
	said := d.docker(append([]string{"exec", "--env", "MSP_REMOTE_WRITE_URL=http://127.0.0.1:1/api/v1/write"}, d.asUnit(
		"MSP_REMOTE_WRITE_URL=http://127.0.0.1:1/api/v1/write msp-collector validate --config /etc/msp-collector/agent.yaml")...)...)
	assert.Contains(d.t, said, "still a placeholder")
	assert.Contains(d.t, d.fails("sh", "-c", "MSP_REMOTE_WRITE_URL= msp-collector validate --config /etc/msp-collector/agent.yaml"), "http::endpoint is missing")
}

type settings struct{ status, content string }

// configure edits the environment file, as the documentation says. Ports are free ones: the container shares the host's.
func (d *debian) configure(url string) settings {
	d.t.Helper()
	var addresses [3]string
	for i := range addresses {
		var err error
		addresses[i], err = harness.FreeAddress()
		require.NoError(d.t, err)
	}
	content := d.run("cat " + environment)
	require.Contains(d.t, content, "MSP_REMOTE_WRITE_URL=\n")
	content = strings.Replace(content, "MSP_REMOTE_WRITE_URL=\n", "MSP_REMOTE_WRITE_URL="+url+"\n", 1)
	_, port, _ := strings.Cut(addresses[2], ":")
	content += fmt.Sprintf("MSP_STATUS_ENDPOINT=%s\nMSP_HEALTH_ENDPOINT=%s\nMSP_TELEMETRY_PORT=%s\nMSP_SCRAPE_INTERVAL=1s\n", addresses[0], addresses[1], port)
	d.put(environment, content)
	return settings{addresses[0], content}
}

// start runs the unit's ExecStart.
func (d *debian) start() {
	d.t.Helper()
	d.docker(append([]string{"exec", "--detach"}, d.asUnit("exec "+d.unit("ExecStart")[0]+" > /tmp/collector.log 2>&1")...)...)
	d.t.Cleanup(func() {
		if d.t.Failed() {
			output, _ := exec.Command("docker", "exec", d.name, "tail", "-n", "20", "/tmp/collector.log").CombinedOutput() // the context of the test has ended
			d.t.Log(string(output))
		}
	})
}

// delivers waits until a sample of after now has arrived.
func (d *debian) delivers(prometheus *harness.Prometheus) {
	d.t.Helper()
	from := time.Now()
	require.NoError(d.t, prometheus.Until(deadline(d.t), "samples arrive", func(ctx context.Context) error {
		series, err := prometheus.Query(ctx, `timestamp(up{job="msp-collector"})`)
		if err != nil {
			return err
		}
		for _, s := range series {
			if s.Samples[0].Value > float64(from.Unix()) {
				return nil
			}
		}
		return errors.New("none yet")
	}))
}

// reloads runs the unit's ExecReload: on a file with a mistake, which is refused before anything is signalled, and on a good one.
func (d *debian) reloads(prometheus *harness.Prometheus) {
	d.t.Helper()
	lines := d.unit("ExecReload")
	require.Len(d.t, lines, 2)
	pid := d.pid()
	reload := append([]string{"exec"}, d.asUnit(lines[0]+" && "+strings.ReplaceAll(lines[1], "$MAINPID", pid))...)
	good := d.run("cat /etc/msp-collector/agent.yaml")

	d.put("/etc/msp-collector/agent.yaml", strings.Replace(good, "prometheus_scrape:", "prometheus_scrap:", 1))
	output, err := exec.CommandContext(deadline(d.t), "docker", reload...).CombinedOutput()
	require.Error(d.t, err, string(output))
	assert.Contains(d.t, string(output), "prometheus_scrap")
	assert.Equal(d.t, pid, d.pid())
	d.delivers(prometheus)

	d.put("/etc/msp-collector/agent.yaml", "# edited by the administrator\n"+good)
	d.docker(reload...)
	assert.Equal(d.t, pid, d.pid(), "the process stays")
	d.delivers(prometheus)
}

// upgrades goes over to a higher version, which keeps what the administrator wrote, the key and what waits.
func (d *debian) upgrades(prometheus *harness.Prometheus, set settings) {
	d.t.Helper()
	key := d.run("cat " + keyFile)
	before := d.run("cat /etc/msp-collector/agent.yaml")
	prometheus.Stop() // what is scraped from now on waits
	waiting := uint64(0)
	require.NoError(d.t, harness.Until(deadline(d.t), "samples wait", func(ctx context.Context) error {
		status, err := statusAt(ctx, set.status)
		if err != nil {
			return err
		}
		if waiting = status.Destinations[0].Queued; waiting < 500 {
			return errors.New("only " + strconv.FormatUint(waiting, 10))
		}
		return nil
	}))
	pid := d.pid()
	d.run("kill " + pid + "; while kill -0 " + pid + " 2>/dev/null; do sleep 0.1; done") // systemd's restart

	d.install(nextVersion(d.t), "dpkg --install --force-confdef")
	assert.Contains(d.t, d.run("dpkg-query --show --showformat '${Version}' msp-collector"), "99.")
	assert.Equal(d.t, before, d.run("cat /etc/msp-collector/agent.yaml"))
	assert.Equal(d.t, set.content, d.run("cat "+environment))
	assert.Equal(d.t, key, d.run("cat "+keyFile))
	d.start()
	require.NoError(d.t, harness.Until(deadline(d.t), "the log is taken up", func(ctx context.Context) error {
		status, err := statusAt(ctx, set.status)
		if err != nil {
			return err
		}
		if recovered := status.Destinations[0].Recovered; recovered < waiting {
			return fmt.Errorf("%d recovered of %d", recovered, waiting)
		}
		return nil
	}))
	pid = d.pid()
	d.run("kill " + pid + "; while kill -0 " + pid + " 2>/dev/null; do sleep 0.1; done")
}

func statusAt(ctx context.Context, address string) (harness.Status, error) {
	return (&harness.Collector{StatusURL: "http://" + address}).Status(ctx)
}

// nextVersion makes a deb of a higher version out of what is built.
func nextVersion(t *testing.T) string {
	t.Helper()
	root, err := harness.Root()
	require.NoError(t, err)
	target := t.TempDir()
	command := exec.CommandContext(deadline(t), "bin/nfpm", "package", "--config", "distribution/packaging/nfpm.yaml", "--packager", "deb", "--target", target)
	command.Dir = root
	command.Env = append(os.Environ(), "ARCH=amd64", "VERSION=99.0.0", "BUILD=bin/package-linux-amd64")
	output, err := command.CombinedOutput()
	require.NoError(t, err, string(output))
	return filepath.Join(target, "msp-collector_99.0.0_amd64.deb")
}
