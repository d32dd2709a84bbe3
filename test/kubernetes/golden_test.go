package kubernetes

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pmezard/go-difflib/difflib"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

var update = flag.Bool("update", false, "write the golden files anew")

var checksum = regexp.MustCompile(`checksum/config: [0-9a-f]{64}`)

// The manifests of the default values are whole in testdata/default.yaml; of every other value there is what it changes.
func TestGolden(t *testing.T) {
	golden(t, "default.yaml", shown(t))
	for key, change := range changes {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			diff, err := difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
				A:       difflib.SplitLines(shown(t, change.with...)),
				B:       difflib.SplitLines(shown(t, change.values(key)...)),
				Context: 1,
			})
			require.NoError(t, err)
			require.NotEmpty(t, diff, "this value does nothing")
			golden(t, key+".diff", regexp.MustCompile(`(?m)^@@.*@@$`).ReplaceAllString(diff, "@@"))
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
		return
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "go test ./kubernetes -update writes it")
	assert.Equal(t, string(want), got)
}

// shown is what is rendered, without what says nothing to a reader: checksums, and files that are in the repository anyway.
func shown(t *testing.T, values ...string) string {
	t.Helper()
	rendered := checksum.ReplaceAllString(render(t, values...), "checksum/config: ...")
	for name, indent := range map[string]string{"dashboard.json": "    ", "rules.yaml": "  "} {
		content, err := os.ReadFile(filepath.Join(chart(t), "files", name))
		require.NoError(t, err)
		text := indent + strings.ReplaceAll(strings.TrimRight(string(content), "\n"), "\n", "\n"+indent)
		rendered = strings.ReplaceAll(rendered, text, indent+"# files/"+name)
	}
	return rendered
}

// Every value has its case, and no golden file is left of one that is gone.
func TestEveryValueHasACase(t *testing.T) {
	content, err := os.ReadFile(filepath.Join(chart(t), "values.yaml"))
	require.NoError(t, err)
	var values map[string]any
	require.NoError(t, yaml.UnmarshalStrict(content, &values))
	cases := slices.Collect(maps.Keys(changes))
	var leaves []string
	flatten(values, "", cases, &leaves)
	assert.ElementsMatch(t, leaves, cases)
	files, err := filepath.Glob(filepath.Join("testdata", "*.diff"))
	require.NoError(t, err)
	assert.Len(t, files, len(changes))
}

// flatten lists the values: what a case names is one, whatever it holds.
func flatten(values map[string]any, prefix string, cases []string, leaves *[]string) {
	for key, value := range values {
		below, isMap := value.(map[string]any)
		if isMap && len(below) > 0 && !slices.Contains(cases, prefix+key) {
			flatten(below, prefix+key+".", cases, leaves)
			continue
		}
		*leaves = append(*leaves, prefix+key)
	}
}

// A pod is replaced when its configuration changes, and only then.
func TestChangedConfigurationReplacesPods(t *testing.T) {
	sum := func(values ...string) string { return checksum.FindString(render(t, values...)) }
	assert.NotEqual(t, sum(), sum(`agent.config={"receivers":{}}`))
	assert.NotEqual(t, sum(), sum(`agent.scrapeInterval="15s"`))
	assert.Equal(t, sum(), sum(`agent.podLabels={"a":"b"}`))
}
