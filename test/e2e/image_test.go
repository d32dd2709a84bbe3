package e2e

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

const (
	image        = "msp-collector:dev"
	imageTimeout = 5 * time.Minute
)

// The image is built from the Dockerfile and delivers with a mounted configuration and key, as the user who owns the key.
func TestTheImageDelivers(t *testing.T) {
	root, err := harness.Root()
	require.NoError(t, err)
	docker(t, "build", "--quiet", "--tag", image, root)
	assert.Contains(t, docker(t, "run", "--rm", image, "--version"), version(t))

	key := harness.NewAccessKey()
	prometheus := startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{key}})
	name := runImage(t, prometheus, collectorDirectory(t, key, nil))

	err = harness.Until(deadline(t, patience), "metrics of the container arrive", func(ctx context.Context) error {
		_, err := newest(ctx, prometheus, `up{job="msp-collector"}`)
		return err
	})
	output := docker(t, "logs", name)
	require.NoError(t, err, output)
	assert.Empty(t, key.Leaks(output))
	docker(t, "stop", name)
	assert.Equal(t, "0", strings.TrimSpace(docker(t, "inspect", "--format", "{{.State.ExitCode}}", name)), "stops by itself when told to")
}

// runImage starts a container in the background and returns its name.
func runImage(t *testing.T, prometheus *harness.Prometheus, directory string) string {
	t.Helper()
	config, err := harness.ConfigFile("quickstart.yaml")
	require.NoError(t, err)
	name := "msp-collector-e2e-" + strings.ToLower(rand.Text()[:8])
	health, metrics := freeAddress(t), freeAddress(t)
	require.NoError(t, os.Mkdir(filepath.Join(directory, "state"), 0o700))
	t.Cleanup(func() {
		// The context of the test has ended by now; a container that is gone already is fine.
		_ = exec.Command("docker", "rm", "--force", name).Run()
	})
	docker(t, "run", "--detach", "--name", name, "--network", "host", "--read-only",
		"--user", fmt.Sprintf("%d:%d", os.Getuid(), os.Getgid()),
		"--volume", config+":/etc/msp-collector/config.yaml:ro",
		"--volume", filepath.Join(directory, "accesskey.json")+":/etc/msp-collector/accesskey.json:ro",
		"--volume", filepath.Join(directory, "state")+":/var/lib/msp-collector",
		"--env", "MSP_REMOTE_WRITE_URL="+prometheus.RemoteWriteURL(),
		"--env", "MSP_HEALTH_ENDPOINT="+health,
		"--env", "MSP_TELEMETRY_PORT="+metrics[strings.LastIndexByte(metrics, ':')+1:],
		image, "--config", "/etc/msp-collector/config.yaml")
	return name
}

func freeAddress(t *testing.T) string {
	t.Helper()
	address, err := harness.FreeAddress()
	require.NoError(t, err)
	return address
}

// docker runs a docker command and returns what it printed.
func docker(t *testing.T, args ...string) string {
	t.Helper()
	output, err := exec.CommandContext(deadline(t, imageTimeout), "docker", args...).CombinedOutput()
	require.NoError(t, err, "docker %s: %s\nA running Docker engine is needed for this test.", strings.Join(args, " "), output)
	return string(output)
}
