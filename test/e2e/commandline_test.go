package e2e

import (
	"cmp"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// ends runs the binary to its end, and returns what it printed and whether the exit code was 0.
func ends(t *testing.T, args ...string) (output string, succeeded bool) {
	t.Helper()
	binary, err := harness.Binary("msp-collector")
	require.NoError(t, err)
	process, err := harness.StartProcess(binary, args, nil)
	require.NoError(t, err)
	t.Cleanup(process.Stop)
	err = process.Wait(deadline(t, patience))
	return process.Output.String(), err == nil
}

// The built binary's help is short and names every command.
func TestHelp(t *testing.T) {
	for _, command := range []string{"", "probe", "convert", "validate", "print-config", "completion"} {
		args := append(strings.Fields(command), "--help")
		output, succeeded := ends(t, args...)
		assert.True(t, succeeded, output)
		assert.Contains(t, output, "Usage:", args)
		assert.Less(t, len(output), 3000, "no wall of feature gates")
		assert.NotContains(t, output, "service.partialReload")
	}
	output, _ := ends(t, "--help")
	for _, part := range []string{"probe", "convert", "validate", "prometheus:"} {
		assert.Contains(t, output, part)
	}
}

func TestAForgottenPrefixIsExplained(t *testing.T) {
	file := filepath.Join(t.TempDir(), "prometheus.yml")
	require.NoError(t, os.WriteFile(file, []byte("global: {}\nscrape_configs: []\n"), 0o600))
	for _, args := range [][]string{{"--config", file}, {"--config=" + file}, {"validate", "--config", file}, {"--config.file=" + file}} {
		output, succeeded := ends(t, args...)
		assert.False(t, succeeded)
		assert.Contains(t, output, "use --config prometheus:", args)
	}
}

func TestValidateSaysWhatItChecked(t *testing.T) {
	settings := harness.CollectorSettings{Config: "standard.yaml", Directory: collectorDirectory(t, harness.NewAccessKey(), nil), RemoteWriteURL: "http://" + freeAddress(t) + "/write"}
	output, err := harness.RunCollector(deadline(t, patience), settings, "validate")
	require.NoError(t, err, output)
	assert.Contains(t, output, "valid: ")
	assert.Contains(t, output, "standard.yaml\nChecked: ")
}

// The commands that do not run the collector know each provider of the manifest, as main does.
func TestCommandsKnowEveryProvider(t *testing.T) {
	providers := readManifest(t).Providers
	require.NotEmpty(t, providers)
	for _, provider := range providers {
		scheme := strings.TrimSuffix(strings.TrimSuffix(path.Base(cmp.Or(provider.Import, provider.path())), "provider"), "config")
		output, succeeded := ends(t, "validate", "--config", scheme+":/absent")
		assert.False(t, succeeded)
		assert.NotContains(t, output, "unsupported scheme", scheme)
	}
	output, _ := ends(t, "validate", "--config", "other:/absent")
	assert.Contains(t, output, "unsupported scheme", "what the test looks for is what an unknown scheme is answered with")
}
