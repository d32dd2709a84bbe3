// Package otlp keeps the reference for the translation of OTLP metrics: what Prometheus's own OTLP endpoint makes of them.
// The exporter's unit tests compare with the files, so that they need none of Prometheus's dependencies. After an upgrade of
// Prometheus: go test ./golden/otlp -update
package otlp

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

const (
	directory     = "../../../components/managedprometheusexporter/internal/encode/testdata/otlp"
	casesEach     = 12
	inputFiles    = "*.json"
	expectedFiles = ".txt"
)

var update = flag.Bool("update", false, "write the files")

func TestPrometheusStillTranslatesLikeThis(t *testing.T) {
	if *update {
		generate(t)
	}
	inputs, err := filepath.Glob(filepath.Join(directory, inputFiles))
	require.NoError(t, err)
	require.NotEmpty(t, inputs)
	for _, input := range inputs {
		text, err := os.ReadFile(input)
		require.NoError(t, err)
		md, err := (&pmetric.JSONUnmarshaler{}).UnmarshalMetrics(text)
		require.NoError(t, err)
		strategy, _, _ := strings.Cut(filepath.Base(input), "-")
		got, err := translate(md, strategy)
		require.NoError(t, err)
		output := strings.TrimSuffix(input, filepath.Ext(input)) + expectedFiles
		if *update {
			require.NoError(t, os.WriteFile(output, []byte(got), 0o600))
		}
		want, err := os.ReadFile(output)
		require.NoError(t, err)
		require.Equal(t, string(want), got, input)
	}
}

func generate(t *testing.T) {
	for n, strategy := range []string{"UnderscoreEscapingWithSuffixes", "UnderscoreEscapingWithoutSuffixes", "NoUTF8EscapingWithSuffixes", "NoTranslation"} {
		for i := range casesEach {
			g := generator{rand.New(rand.NewPCG(uint64(n), uint64(i)))}
			text, err := (&pmetric.JSONMarshaler{}).MarshalMetrics(g.metrics())
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(directory, fmt.Sprintf("%s-%02d.json", strategy, i)), append(text, '\n'), 0o600))
		}
	}
}
