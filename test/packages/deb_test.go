package packages

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
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
	ownTargets  = "/etc/msp-collector/targets/own.json"
)

// TestDeb lives with the package under systemd, in the unit's sandbox: install, configure, deliver, rotate, reload, upgrade, stop, remove, purge.
func TestDeb(t *testing.T) {
	d := startDebian(t)
	d.install(built(t, debSuffix), "dpkg --install")
	d.isInstalled()
	d.refusesThePlaceholder()

	key := harness.NewAccessKey()
	prometheus := startPrometheus(t, key)
	settings := d.configure(prometheus.RemoteWriteURL())
	d.put(keyFile, string(key.JSON()))
	d.run("systemctl enable --now msp-collector")
	d.delivers(prometheus, `up{job="msp-collector"}`)
	assert.Contains(t, d.run("MSP_STATUS_ENDPOINT="+settings.status+" msp-collector probe"), "ready: new samples are accepted")
	d.collectsHostMetrics(prometheus)
	assert.Empty(t, d.complaints(), "the sandbox forbids nothing that is needed")

	d.rotates(prometheus)
	d.reloads(prometheus)
	d.upgrades(prometheus, settings)
	d.run("systemctl stop msp-collector")
	assert.Equal(t, "success 0", d.service("Result")+" "+d.service("ExecMainStatus"))

	d.run("systemctl start msp-collector")
	d.run("dpkg --remove msp-collector")
	assert.Equal(t, "inactive", d.service("ActiveState"))
	d.run("test -s " + keyFile + " && test -s " + environment + " && test -d /var/lib/msp-collector/wal && ! test -e /usr/bin/msp-collector")
	d.run("dpkg --purge msp-collector")
	assert.Equal(t, ownTargets, strings.TrimSpace(d.run("find /etc/msp-collector -type f")), "what somebody else put there is left alone")
	d.run("! test -e /var/lib/msp-collector && ! getent passwd msp-collector")
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
	said := d.docker("exec", "--user", "msp-collector", "--env", "MSP_REMOTE_WRITE_URL=http://127.0.0.1:1/api/v1/write", d.name,
		"msp-collector", "validate", "--config", "/etc/msp-collector/agent.yaml")
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

// delivers waits until a sample of after now has arrived.
func (d *debian) delivers(prometheus *harness.Prometheus, selector string) {
	d.t.Helper()
	from := time.Now()
	require.NoError(d.t, prometheus.Until(deadline(d.t), "samples of "+selector+" arrive", func(ctx context.Context) error {
		series, err := prometheus.Query(ctx, "timestamp("+selector+")")
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

// collectsHostMetrics has a metric of each of the scrapers of agent.yaml, but for file systems: those of a container are on no disk of its own.
func (d *debian) collectsHostMetrics(prometheus *harness.Prometheus) {
	d.t.Helper()
	for _, metric := range []string{
		"system_cpu_time_seconds_total", "system_disk_io_bytes_total", "system_cpu_load_average_1m",
		"system_memory_usage_bytes", "system_network_io_bytes_total", "system_paging_faults_total", "system_processes_count",
	} {
		d.delivers(prometheus, metric)
	}
}

// inDocker is what host_metrics warns of wherever it finds Docker's mark: this Debian is none of its cases.
const inDocker = "running in docker environment"

// complaints are the lines of the journal that are not of level info.
func (d *debian) complaints() (lines []string) {
	d.t.Helper()
	for line := range strings.Lines(d.run("journalctl --no-pager --output cat --unit msp-collector")) {
		if (strings.Contains(line, "\twarn\t") || strings.Contains(line, "\terror\t")) && !strings.Contains(line, inDocker) {
			lines = append(lines, line)
		}
	}
	return lines
}

// rotates replaces the key file while it runs.
func (d *debian) rotates(prometheus *harness.Prometheus) {
	d.t.Helper()
	pid, next := d.service("MainPID"), harness.NewAccessKey()
	require.NoError(d.t, prometheus.Accept(next))
	d.put(keyFile, string(next.JSON()))
	d.delivers(prometheus, `up{job="msp-collector"}`)
	assert.Equal(d.t, pid, d.service("MainPID"), "the process stays")
}

// reloads reloads the service: on a file with a mistake, which is refused before anything is signalled, and on a good one.
func (d *debian) reloads(prometheus *harness.Prometheus) {
	d.t.Helper()
	pid := d.service("MainPID")
	good := d.run("cat /etc/msp-collector/agent.yaml")

	d.put("/etc/msp-collector/agent.yaml", strings.Replace(good, "prometheus_scrape:", "prometheus_scrap:", 1))
	d.fails("systemctl", "reload", "msp-collector")
	assert.Contains(d.t, d.run("journalctl --no-pager --unit msp-collector"), "prometheus_scrap")
	d.delivers(prometheus, `up{job="msp-collector"}`)

	d.put("/etc/msp-collector/agent.yaml", "# edited by the administrator\n"+strings.Replace(good, "job_name: node", "job_name: reloaded", 1))
	d.put(ownTargets, `[{"targets": ["127.0.0.1:1"]}]`)
	d.run("systemctl reload msp-collector")
	d.delivers(prometheus, `up{job="reloaded"}`)
	assert.Equal(d.t, pid, d.service("MainPID"), "the process stays")
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
	pid := d.service("MainPID")
	d.install(nextVersion(d.t, "deb", debSuffix), "dpkg --install --force-confdef") // dpkg's own answer when nobody can be asked
	assert.Contains(d.t, d.run("dpkg-query --show --showformat '${Version}' msp-collector"), "99.")
	assert.Equal(d.t, before, d.run("cat /etc/msp-collector/agent.yaml"))
	assert.Contains(d.t, d.run("cat /etc/msp-collector/agent.yaml.dpkg-dist"), changed)
	assert.Contains(d.t, d.run("cat /etc/msp-collector/gateway.yaml"), changed, "nobody edited it")
	assert.Equal(d.t, set.content, d.run("cat "+environment))
	assert.Equal(d.t, key, d.run("cat "+keyFile))
	assert.NotEqual(d.t, pid, d.service("MainPID"), "the new version runs")
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
}

func statusAt(ctx context.Context, address string) (harness.Status, error) {
	return (&harness.Collector{StatusURL: "http://" + address}).Status(ctx)
}

// changed is the first line of the configurations of the next version.
const changed = "# of the next version\n"

// nextVersion makes a package of a higher version out of what is built, with agent.yaml and gateway.yaml changed.
func nextVersion(t *testing.T, packager, suffix string) string {
	t.Helper()
	root, err := harness.Root()
	require.NoError(t, err)
	target := t.TempDir()
	list, err := os.ReadFile(filepath.Join(root, "distribution", "packaging", "nfpm.yaml"))
	require.NoError(t, err)
	for _, name := range []string{"agent.yaml", "gateway.yaml"} {
		content, err := os.ReadFile(filepath.Join(root, "distribution", "config", name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(target, name), append([]byte(changed), content...), 0o644))
		list = bytes.ReplaceAll(list, []byte("src: distribution/config/"+name), []byte("src: "+filepath.Join(target, name)))
	}
	config := filepath.Join(target, "nfpm.yaml")
	require.NoError(t, os.WriteFile(config, list, 0o644))
	command := exec.CommandContext(deadline(t), "bin/nfpm", "package", "--config", config, "--packager", packager, "--target", target)
	command.Dir = root
	command.Env = append(os.Environ(), "ARCH="+runtime.GOARCH, "VERSION=99.0.0", "BUILD=bin/package-linux-"+runtime.GOARCH)
	output, err := command.CombinedOutput()
	require.NoError(t, err, string(output))
	return only(t, filepath.Join(target, "*"+suffix))
}
