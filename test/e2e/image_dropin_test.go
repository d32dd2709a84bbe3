package e2e

import (
	"context"
	"errors"
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

// inImage is where the image's users mount their prometheus.yml.
const inImage = "/etc/prometheus/prometheus.yml"

// mountedPrometheusYML is a folder with a prometheus.yml that delivers, and how it is mounted.
func mountedPrometheusYML(t *testing.T, prometheus *harness.Prometheus, key harness.AccessKey) (path, volume string) {
	t.Helper()
	directory := t.TempDir()
	require.NoError(t, os.Chmod(directory, 0o755))
	path = filepath.Join(directory, "prometheus.yml")
	content := fmt.Sprintf(`scrape_configs: [{job_name: gone, static_configs: [{targets: ["127.0.0.1:1"]}]}]
remote_write: [{url: %q, name: main, basic_auth: {username: %s, password: %s}}]
`, prometheus.RemoteWriteURL(), key.ID, key.Secret)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path, directory + ":" + filepath.Dir(inImage) + ":ro"
}

// The image runs an existing prometheus.yml, healthy by the same check as in the other modes.
func TestTheImageOnAPrometheusYML(t *testing.T) {
	key := harness.NewAccessKey()
	prometheus := startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{key}})
	path, volume := mountedPrometheusYML(t, prometheus, key)
	own(t, path)
	c := runImage(t, prometheus, key, "--volume", volume, image, "--config", "prometheus:"+inImage)
	c.delivers(t, prometheus, `up{job="msp-collector"}`, time.Time{})
	c.becomesHealthy(t)
	assert.Contains(t, docker(t, "exec", c.name, "/msp-collector", "probe"), "ready: new samples are accepted")
	assert.Empty(t, key.Leaks(docker(t, "logs", c.name)))
}

// A prometheus.yml that the user of the image may not read, of the mode that the service's guide asks for,
// ends the start with the user and the command that cures it. The same holds for a key file.
func TestTheImageNamesTheUserThatMayNotRead(t *testing.T) {
	key := harness.NewAccessKey()
	prometheus := startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{key}})
	path, volume := mountedPrometheusYML(t, prometheus, key)
	validate := func() (string, error) {
		output, err := exec.CommandContext(deadline(t, imageTimeout), "docker", "run", "--rm", "--volume", volume, image,
			"validate", "--config", "prometheus:"+inImage).CombinedOutput()
		return string(output), err
	}
	said, err := validate()
	require.Error(t, err)
	t.Log(said)
	assert.Contains(t, said, "open "+inImage+": permission denied: this process runs as uid 10001, gid 10001, and the file "+inImage+" belongs to uid 0, gid 0 with mode 0600")
	_, cure, found := strings.Cut(said, ": run ")
	require.True(t, found)
	cure, _, found = strings.Cut(cure, " (on the host")
	require.True(t, found)
	output, err := exec.Command("sh", "-ec", strings.ReplaceAll(cure, inImage, path)).CombinedOutput()
	require.NoError(t, err, string(output))
	said, err = validate()
	require.NoError(t, err, said)

	c := runImage(t, prometheus, key, image)
	require.NoError(t, os.Chown(c.key, 0, 0))
	until(t, "the key file is named", c.logs("AccessKey file \"/secret/accesskey.json\": open", "this process runs as uid 10001, gid 10001", "chgrp 10001 /secret/accesskey.json && chmod g+r /secret/accesskey.json"))
}

// logs is a condition: the container has logged all of these.
func (c container) logs(parts ...string) func(context.Context) error {
	return func(ctx context.Context) error {
		output, err := exec.CommandContext(ctx, "docker", "logs", c.name).CombinedOutput()
		for _, part := range parts {
			if !strings.Contains(strings.ReplaceAll(string(output), `\"`, `"`), part) {
				err = errors.Join(err, fmt.Errorf("no %q", part))
			}
		}
		return err
	}
}
