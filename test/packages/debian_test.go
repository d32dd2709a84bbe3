package packages

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

const (
	image    = "msp-collector-debian:test"
	patience = 2 * time.Minute
	unitPath = "/usr/lib/systemd/system/msp-collector.service"

	debSuffix = "_" + runtime.GOARCH + ".deb"
)

func deadline(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// boot makes the control groups of the container writable, and systemd its first process. A privileged container would do, but not where the
// machine itself has not every capability; and it could change the machine.
const boot = `for mount in $(awk '$3 ~ /^cgroup/ {print $2}' /proc/mounts); do mount -o remount,bind,rw "$mount"; done; exec /lib/systemd/systemd`

// debian is a running Debian, with systemd, in the network of the host.
type debian struct {
	t    *testing.T
	name string
}

var imported = sync.OnceValues(func() (string, error) {
	root, err := harness.Root()
	if err != nil {
		return "", err
	}
	output, err := exec.Command("docker", "import", filepath.Join(root, "bin", "debian.tar"), image).CombinedOutput()
	return string(output), err
})

func startDebian(t *testing.T) *debian {
	t.Helper()
	output, err := imported()
	require.NoError(t, err, "%s\nrun `make bin/debian.tar` first; a running Docker engine is needed", output)
	d := &debian{t: t, name: "msp-collector-debian-" + strings.ToLower(rand.Text()[:8])}
	t.Cleanup(func() {
		_ = exec.Command("docker", "rm", "--force", "--volumes", d.name).Run() // the context of the test has ended by now
	})
	d.docker("run", "--detach", "--network", "host", "--name", d.name, "--env", "container=docker", "--tmpfs", "/run", "--tmpfs", "/run/lock",
		"--cgroupns", "private", "--cap-add", "SYS_ADMIN", "--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined",
		image, "sh", "-ec", boot)
	require.NoError(t, harness.Until(deadline(t), "systemd has started", func(ctx context.Context) error {
		state, err := exec.CommandContext(ctx, "docker", "exec", d.name, "systemctl", "is-system-running").CombinedOutput()
		if s := strings.TrimSpace(string(state)); s == "running" || s == "degraded" {
			return nil
		}
		return fmt.Errorf("%s: %w", state, err)
	}))
	t.Cleanup(func() {
		if t.Failed() {
			output, _ := exec.Command("docker", "exec", d.name, "journalctl", "--no-pager", "--lines", "40").CombinedOutput() // as above
			t.Log(string(output))
		}
	})
	return d
}

func (d *debian) docker(arguments ...string) string {
	d.t.Helper()
	output, err := exec.CommandContext(deadline(d.t), "docker", arguments...).CombinedOutput()
	require.NoError(d.t, err, "docker %s\n%s", strings.Join(arguments, " "), output)
	return string(output)
}

// run runs a line of shell as root.
func (d *debian) run(line string) string {
	d.t.Helper()
	return d.docker("exec", d.name, "sh", "-ec", line)
}

// fails runs a line that must fail, and returns what it said.
func (d *debian) fails(arguments ...string) string {
	d.t.Helper()
	output, err := exec.CommandContext(deadline(d.t), "docker", append([]string{"exec", d.name}, arguments...)...).CombinedOutput()
	require.Error(d.t, err, string(output))
	return string(output)
}

// put writes a file.
func (d *debian) put(path, content string) {
	d.t.Helper()
	local := filepath.Join(d.t.TempDir(), "file")
	require.NoError(d.t, os.WriteFile(local, []byte(content), 0o600))
	d.docker("cp", local, d.name+":/tmp/put")
	d.run("cat /tmp/put > '" + path + "'") // keeps its owner and mode
}

// install copies a package in, and installs it.
func (d *debian) install(path, command string) {
	d.t.Helper()
	d.docker("cp", path, d.name+":/tmp/")
	d.run(command + " /tmp/" + filepath.Base(path))
}

// service is a property of the service, as systemd knows it.
func (d *debian) service(property string) string {
	d.t.Helper()
	return strings.TrimSpace(d.run("systemctl show --property " + property + " --value msp-collector"))
}

// built is the package in dist/ whose name has a suffix.
func built(t *testing.T, suffix string) string {
	t.Helper()
	root, err := harness.Root()
	require.NoError(t, err)
	return only(t, filepath.Join(root, "dist", "*"+suffix))
}

// only is the one file of a pattern.
func only(t *testing.T, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.Len(t, found, 1, "%s: run `make packages` first", pattern)
	return found[0]
}
