package kubernetes

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// required are the values without which the chart refuses.
var required = []string{
	`remoteWrite.url="https://destination.example/api/v1/write"`, `accessKey.secretName="accesskey"`, `image.repository="msp-collector"`,
}

func chart(t *testing.T) string {
	t.Helper()
	root, err := harness.Root()
	require.NoError(t, err)
	return filepath.Join(root, "distribution", "kubernetes", "msp-collector")
}

// helm runs Helm on the chart and returns what it prints and, apart from it, what it complains of.
func helm(t *testing.T, verb []string, values ...string) (string, string, error) {
	t.Helper()
	binary, err := harness.Binary("helm")
	require.NoError(t, err)
	args := slices.Concat(verb, []string{chart(t)})
	for _, value := range values {
		args = append(args, "--set-json", value)
	}
	var stdout, stderr strings.Builder
	command := exec.Command(binary, args...)
	command.Stdout, command.Stderr = &stdout, &stderr
	err = command.Run()
	return stdout.String(), stderr.String(), err
}

var template = []string{"template", "--kube-version", "1.31.0", "--namespace", "monitoring", "release"}

// render returns the manifests for the required values and more, each key=JSON.
func render(t *testing.T, values ...string) string {
	t.Helper()
	rendered, stderr, err := helm(t, template, slices.Concat(required, values)...)
	require.NoError(t, err, stderr)
	return rendered
}

// everything switches all parts on.
var everything = []string{
	"gateway.enabled=true", "gateway.autoscaling.enabled=true", "targetAllocator.enabled=true", "agent.hostNetwork=true",
	"monitoring.podMonitor.enabled=true", "monitoring.rules.enabled=true", "monitoring.dashboard.enabled=true",
}

func TestLint(t *testing.T) {
	stdout, stderr, err := helm(t, []string{"lint", "--strict"}, slices.Concat(required, everything)...)
	require.NoError(t, err, stdout+stderr)
}
