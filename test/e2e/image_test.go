package e2e

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

const (
	image        = "msp-collector:dev"
	imageTimeout = 5 * time.Minute
)

// maxImage is what the image may be at most: pulling it is what people wait for.
const maxImage = 200 << 20

// The image is small, says what it is, and asks for no rights.
func TestTheImage(t *testing.T) {
	root, err := harness.Root()
	require.NoError(t, err)
	output, err := exec.CommandContext(deadline(t, imageTimeout), "make", "--directory", root, "image").CombinedOutput()
	require.NoError(t, err, string(output))
	assert.Contains(t, docker(t, "run", "--rm", image, "--version"), version(t))
	size, err := strconv.ParseInt(strings.TrimSpace(docker(t, "image", "inspect", "--format", "{{.Size}}", image)), 10, 64)
	require.NoError(t, err)
	t.Logf("%d bytes", size)
	assert.Less(t, size, int64(maxImage))
	assert.Equal(t, imageUser, strings.TrimSpace(docker(t, "image", "inspect", "--format", "{{.Config.User}}", image)))

	commit, err := exec.Command("git", "-C", root, "rev-parse", "HEAD").Output()
	require.NoError(t, err)
	labels := map[string]string{}
	require.NoError(t, json.Unmarshal([]byte(docker(t, "image", "inspect", "--format", "{{json .Config.Labels}}", image)), &labels))
	const label = "org.opencontainers.image."
	assert.Equal(t, strings.TrimSpace(string(commit)), strings.TrimSuffix(labels[label+"revision"], "-dirty"))
	delete(labels, label+"revision")
	assert.Equal(t, map[string]string{
		label + "title": "MSP Collector", label + "source": "https://github.com/msp-collector/msp-collector",
		label + "licenses": "Apache-2.0", label + "version": version(t),
	}, labels)
}

// The image runs as an agent with nothing but its environment, a key in a mounted folder and a volume, healthy by its own check. The
// key is rotated as Kubernetes does, by another link in the folder, and delivery goes on.
func TestTheImageAsAgent(t *testing.T) {
	key, next := harness.NewAccessKey(), harness.NewAccessKey()
	prometheus := startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{key}})
	c := runImage(t, prometheus, key, "--env", "MSP_SCRAPE_INTERVAL=1s", "--memory", "512m", image)
	c.delivers(t, prometheus, `up{job="msp-collector"}`, time.Now())
	c.becomesHealthy(t)
	assert.Contains(t, docker(t, "exec", c.name, "/msp-collector", "probe"), "ready: new samples are accepted")

	require.NoError(t, prometheus.Accept(next))
	require.NoError(t, harness.SwapSymlink(c.key, next))
	own(t, filepath.Dir(c.key))
	c.delivers(t, prometheus, `up{job="msp-collector"}`, time.Now())
	output := docker(t, "logs", c.name)
	assert.Empty(t, append(key.Leaks(output), next.Leaks(output)...))
	assert.Contains(t, output, "GOMEMLIMIT", "the container's limit is followed")
	docker(t, "stop", c.name)
	assert.Equal(t, "0", strings.TrimSpace(docker(t, "inspect", "--format", "{{.State.ExitCode}}", c.name)), "stops by itself when told to")
}

// The plain pipeline is healthy by the same check.
func TestTheImageOnStandard(t *testing.T) {
	key := harness.NewAccessKey()
	prometheus := startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{key}})
	c := runImage(t, prometheus, key, image, "--config", "/etc/msp-collector/standard.yaml")
	c.delivers(t, prometheus, `up{job="msp-collector"}`, time.Time{})
	c.becomesHealthy(t)
}

// The image runs as a gateway.
func TestTheImageAsGateway(t *testing.T) {
	key := harness.NewAccessKey()
	prometheus := startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{key}})
	write := freeAddress(t)
	c := runImage(t, prometheus, key, "--env", "MSP_LISTEN_REMOTE_WRITE="+write, image, "--config", "/etc/msp-collector/gateway.yaml")
	series := []prompb.TimeSeries{harness.SeriesOf(time.Now().UnixMilli(), 1, "__name__", "through_the_gateway")}
	require.NoError(t, harness.Until(deadline(t, patience), "the gateway takes samples", func(ctx context.Context) error {
		reply, err := harness.Write(ctx, http.DefaultClient, "http://"+write+"/api/v1/write", harness.AccessKey{}, series)
		if err == nil && reply.Status != http.StatusNoContent {
			err = errors.New(reply.Body)
		}
		return err
	}))
	c.delivers(t, prometheus, "through_the_gateway", time.Time{})
	c.becomesHealthy(t)
}

// imageUser is who the image runs as.
const imageUser = "10001:10001"

// container is a running one.
type container struct{ name, key string }

// runImage starts a container in the background, with a read-only root and the host's network. The arguments are further options, the
// image, and what it is started with.
func runImage(t *testing.T, prometheus *harness.Prometheus, key harness.AccessKey, arguments ...string) container {
	t.Helper()
	directory := t.TempDir()
	c := container{name: "msp-collector-e2e-" + strings.ToLower(rand.Text()[:8]), key: filepath.Join(directory, "secret", "accesskey.json")}
	require.NoError(t, os.MkdirAll(filepath.Dir(c.key), 0o700))
	require.NoError(t, os.Mkdir(filepath.Join(directory, "state"), 0o700))
	require.NoError(t, harness.SwapSymlink(c.key, key))
	own(t, directory)
	metrics := freeAddress(t)
	t.Cleanup(func() {
		if t.Failed() {
			output, _ := exec.Command("docker", "logs", "--tail", "20", c.name).CombinedOutput()
			t.Logf("last output of the container:\n%s", output)
		}
		// The context of the test has ended by now; a container that is gone already is fine.
		_ = exec.Command("docker", "rm", "--force", c.name).Run()
	})
	docker(t, append([]string{
		"run", "--detach", "--name", c.name, "--network", "host", "--read-only", "--cap-drop", "ALL",
		"--volume", filepath.Dir(c.key) + ":/secret:ro",
		"--volume", filepath.Join(directory, "state") + ":/var/lib/msp-collector",
		"--env", "MSP_ACCESSKEY_FILE=/secret/accesskey.json",
		"--env", "MSP_CLUSTER=image",
		"--env", "MSP_REMOTE_WRITE_URL=" + prometheus.RemoteWriteURL(),
		"--env", "MSP_STATUS_ENDPOINT=" + freeAddress(t),
		"--env", "MSP_HEALTH_ENDPOINT=" + freeAddress(t),
		"--env", "MSP_OTLP_GRPC_ENDPOINT=" + freeAddress(t),
		"--env", "MSP_OTLP_HTTP_ENDPOINT=" + freeAddress(t),
		"--env", "MSP_TELEMETRY_PORT=" + metrics[strings.LastIndexByte(metrics, ':')+1:],
	}, arguments...)...)
	return c
}

// own gives a folder to the image's user, who is not the test's.
func own(t *testing.T, directory string) {
	t.Helper()
	output, err := exec.CommandContext(deadline(t, patience), "chown", "--recursive", "--no-dereference", imageUser, directory).CombinedOutput()
	require.NoError(t, err, "%s: this test has to be run by root, or in a user namespace", output)
}

func (c container) becomesHealthy(t *testing.T) {
	t.Helper()
	require.NoError(t, harness.Until(deadline(t, patience), "the container is healthy", func(context.Context) error {
		if health := strings.TrimSpace(docker(t, "inspect", "--format", "{{.State.Health.Status}}", c.name)); health != "healthy" {
			return errors.New(health)
		}
		return nil
	}))
}

// delivers waits until a sample of after a time has arrived.
func (c container) delivers(t *testing.T, prometheus *harness.Prometheus, selector string, after time.Time) {
	t.Helper()
	require.NoError(t, harness.Until(deadline(t, patience), "metrics of the container arrive", func(ctx context.Context) error {
		at, err := newest(ctx, prometheus, selector)
		if err == nil && at.Before(after) {
			err = errors.New("the newest is of " + at.String())
		}
		return err
	}))
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
