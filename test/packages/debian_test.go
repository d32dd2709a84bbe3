package packages

import (
	"bufio"
	"context"
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
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
)

func deadline(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// debian is a running Debian.
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
	d.docker("run", "--detach", "--network", "host", "--init", "--name", d.name, image, "sleep", "infinity")
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

// unit are the lines of the installed unit with a key.
func (d *debian) unit(key string) (lines []string) {
	d.t.Helper()
	scanner := bufio.NewScanner(strings.NewReader(d.run("cat " + unitPath)))
	for scanner.Scan() {
		if value, ok := strings.CutPrefix(scanner.Text(), key+"="); ok {
			lines = append(lines, value)
		}
	}
	require.NotEmpty(d.t, lines, key)
	return lines
}

// asUnit is a command that runs a line of the unit as systemd would: as its user, with its environment file.
func (d *debian) asUnit(line string) []string {
	d.t.Helper()
	environment := d.unit("EnvironmentFile")[0]
	return []string{"--user", d.unit("User")[0], d.name, "sh", "-ec", "umask " + d.unit("UMask")[0] + "; set -a; . " + environment + "; " + line}
}

// pid is that of the running collector.
func (d *debian) pid() string {
	d.t.Helper()
	return strings.TrimSpace(d.run("pidof msp-collector"))
}

// built is the package in dist/ whose name has a suffix.
func built(t *testing.T, suffix string) string {
	t.Helper()
	root, err := harness.Root()
	require.NoError(t, err)
	found, err := filepath.Glob(filepath.Join(root, "dist", "*"+suffix))
	require.NoError(t, err)
	require.Len(t, found, 1, "run `make packages` first")
	return found[0]
}
