package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/msp-collector/msp-collector/test/harness"
)

// manifest is what these tests need of builder-config.yaml.
type manifest struct {
	Dist struct {
		Version string `yaml:"version"`
	} `yaml:"dist"`
	Receivers  []module `yaml:"receivers"`
	Processors []module `yaml:"processors"`
	Exporters  []module `yaml:"exporters"`
	Extensions []module `yaml:"extensions"`
	Connectors []module `yaml:"connectors"`
	Providers  []module `yaml:"providers"`
}

type module struct {
	Gomod  string `yaml:"gomod"`
	Import string `yaml:"import"` // of one of ours
}

// path is the module without its version, which our own module does not have.
func (m module) path() string {
	path, _, _ := strings.Cut(m.Gomod, " ")
	return path
}

func readManifest(t *testing.T) manifest {
	t.Helper()
	root, err := harness.Root()
	require.NoError(t, err)
	content, err := os.ReadFile(filepath.Join(root, "builder-config.yaml"))
	require.NoError(t, err)
	var m manifest
	require.NoError(t, yaml.Unmarshal(content, &m))
	return m
}

func version(t *testing.T) string {
	t.Helper()
	return readManifest(t).Dist.Version
}

func TestVersion(t *testing.T) {
	output := runBinary(t, "--version")
	assert.Regexp(t, `^msp-collector version v?`+regexp.QuoteMeta(version(t))+`\b`, output)
}

// Every component the manifest lists is in the binary, and no other.
func TestComponentsAreThoseOfTheManifest(t *testing.T) {
	output := runBinary(t, "components")
	var binary shipped
	require.NoError(t, yaml.Unmarshal([]byte(output), &binary), output)
	listed := readManifest(t)
	for kind, pair := range map[string]struct {
		listed  []module
		shipped []component
	}{
		"receivers":  {listed.Receivers, binary.Receivers},
		"processors": {listed.Processors, binary.Processors},
		"exporters":  {listed.Exporters, binary.Exporters},
		"extensions": {listed.Extensions, binary.Extensions},
		"connectors": {listed.Connectors, binary.Connectors},
		"providers":  {listed.Providers, binary.Providers},
	} {
		var want, got []string
		for _, m := range pair.listed {
			want = append(want, m.path())
		}
		for _, c := range pair.shipped {
			got = append(got, module{Gomod: c.Module}.path())
		}
		assert.ElementsMatch(t, want, got, kind)
	}
}

// shipped is what the binary's `components` prints.
type shipped struct {
	Receivers, Processors, Exporters, Extensions, Connectors, Providers []component
}

type component struct {
	Module string `yaml:"module"`
}

// Every file that users copy validates, and starts with nothing but the documented environment.
func TestEveryConfigurationStarts(t *testing.T) {
	directory, err := harness.ConfigFile("")
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join(directory, "*.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			key := harness.NewAccessKey()
			endpoint := harness.StartEndpoint(nil)
			t.Cleanup(endpoint.Close)
			settings := harness.CollectorSettings{
				Config:         filepath.Base(file),
				Directory:      collectorDirectory(t, key, nil),
				RemoteWriteURL: endpoint.URL,
			}
			output, err := harness.RunCollector(deadline(t, patience), settings, "validate")
			require.NoError(t, err, output)
			collector := startCollector(t, settings)
			feed(t, settings.Config, collector)
			waitForRequest(t, endpoint)
			collector.Stop()
			assert.Empty(t, key.Leaks(output+collector.Output.String()))
		})
	}
}

func runBinary(t *testing.T, args ...string) string {
	t.Helper()
	binary, err := harness.Binary("msp-collector")
	require.NoError(t, err)
	process, err := harness.StartProcess(binary, args, nil)
	require.NoError(t, err)
	t.Cleanup(process.Stop)
	require.NoError(t, process.Wait(deadline(t, patience)))
	return process.Output.String()
}
