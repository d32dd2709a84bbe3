package kubernetes

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	operator "github.com/open-telemetry/opentelemetry-operator/apis/v1beta1"
	"github.com/stretchr/testify/require"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/msp-collector/msp-collector/test/harness"
)

// validate has the built collector load configurations as the container does.
func validate(t *testing.T, files map[string]string) string {
	t.Helper()
	binary, err := harness.Binary("msp-collector")
	require.NoError(t, err)
	args := []string{"validate"}
	directory := t.TempDir()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(directory, name)
		content := strings.ReplaceAll(files[name], "/hostfs", "/") // must be there to be accepted
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		args = append(args, "--config", path)
	}
	command := exec.Command(binary, args...)
	command.Env = append(os.Environ(), "NODE_NAME=node-1", "NODE_IP=10.0.0.1",
		"ALIBABA_CLOUD_ROLE_ARN=acs:ram::1:role/metrics-writer", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN=acs:ram::1:oidc-provider/ack",
		"ALIBABA_CLOUD_OIDC_TOKEN_FILE=/var/run/secrets/ack.alibabacloud.com/rrsa-tokens/token")
	output, err := command.CombinedOutput()
	require.NoError(t, err, "%s", output)
	return string(output)
}

// configurations are those of the collectors of a rendering, by resource.
func configurations(t *testing.T, resources []meta.Object) map[string]map[string]string {
	t.Helper()
	found := map[string]map[string]string{}
	for _, resource := range resources {
		switch resource := resource.(type) {
		case *core.ConfigMap:
			if !strings.HasSuffix(resource.Name, "-dashboard") {
				found[resource.Name] = resource.Data
			}
		case *operator.OpenTelemetryCollector:
			// What the operator adds before a collector sees it.
			require.NoError(t, operator.CollectorWebhook{}.Default(t.Context(), resource))
			receiver := resource.Spec.Config.Receivers.Object["prometheus"].(map[string]any)
			receiver["target_allocator"] = map[string]any{"endpoint": "http://targets:80", "interval": "30s", "collector_id": "scraper-0"}
			content, err := resource.Spec.Config.Yaml()
			require.NoError(t, err)
			found[resource.Name] = map[string]string{"collector.yaml": content}
		}
	}
	return found
}

// The collector loads every configuration that a value changes.
func TestCollectorLoadsConfigurations(t *testing.T) {
	loaded := map[string]bool{}
	load := func(values ...string) {
		for name, files := range configurations(t, decoded(t, render(t, values...))) {
			if key := files["collector.yaml"] + files["values.yaml"]; !loaded[key] {
				loaded[key] = true
				t.Run(name+" "+strings.Join(values, " "), func(t *testing.T) { t.Parallel(); validate(t, files) })
			}
		}
	}
	load(everything...)
	for _, key := range slices.Sorted(maps.Keys(changes)) {
		load(changes[key].values(key)...)
	}
	require.Greater(t, len(loaded), 15)
}
