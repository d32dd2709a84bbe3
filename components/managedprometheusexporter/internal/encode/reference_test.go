package encode

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/otlptranslator"
	"github.com/prometheus/prometheus/model/value"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Whatever an SDK sends, the series are those that a Prometheus makes of it: the files come from its own OTLP endpoint, see
// test/golden/otlp. Their names begin with the translation strategy.
func TestOTLPIsTranslatedAsPrometheusDoes(t *testing.T) {
	inputs, err := filepath.Glob("testdata/otlp/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, inputs)
	for _, input := range inputs {
		text, err := os.ReadFile(input)
		require.NoError(t, err)
		md, err := (&pmetric.JSONUnmarshaler{}).UnmarshalMetrics(text)
		require.NoError(t, err)
		want, err := os.ReadFile(strings.TrimSuffix(input, "json") + "txt")
		require.NoError(t, err)

		strategy, _, _ := strings.Cut(filepath.Base(input), "-")
		got, b := encode(t, Settings{
			TranslationStrategy:       otlptranslator.TranslationStrategyOption(strategy),
			PromoteResourceAttributes: []string{"zone", "host.name"},
			SendNativeHistograms:      true, TargetInfoInterval: 1,
		}, md)
		require.Empty(t, b.Refused)
		texts := got.texts()
		slices.Sort(texts)
		require.Equal(t, string(want), strings.Join(texts, "\n")+"\n", input)
	}
}

// The endpoint's staleness markers are told from numbers by their bits.
func TestStaleness(t *testing.T) { require.True(t, value.IsStaleNaN(staleNaN)) }
