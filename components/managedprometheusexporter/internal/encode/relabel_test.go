package encode

import (
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/relabel"
	"github.com/stretchr/testify/require"
)

func rule(edit func(*relabel.Config)) *relabel.Config {
	c := relabel.DefaultRelabelConfig
	c.NameValidationScheme = model.UTF8Validation
	edit(&c)
	return &c
}

func TestWriteRelabelling(t *testing.T) {
	set := Settings{
		ExternalLabels: map[string]string{"cluster": "prod"},
		WriteRelabelConfigs: []*relabel.Config{
			rule(func(c *relabel.Config) {
				c.SourceLabels, c.Regex, c.Action = model.LabelNames{"__name__"}, relabel.MustNewRegexp("secret.*"), relabel.Drop
			}),
			rule(func(c *relabel.Config) {
				c.SourceLabels, c.TargetLabel, c.Replacement = model.LabelNames{"cluster", "le"}, "where", "$1"
			}),
			rule(func(c *relabel.Config) {
				c.Regex, c.Action = relabel.MustNewRegexp("cluster|instance"), relabel.LabelDrop
			}),
		},
	}
	md, sm := scrape()
	number1(scraped(sm, "secret_sauce", "gauge").SetEmptyGauge().DataPoints(), t1, 1)
	p := histogram1(histogram(scraped(sm, "h", "histogram")), t1, []float64{1}, []uint64{1, 0}, 1)
	p.RemoveSum()
	b := requireSamples(t, set, md, `
		h_count{job="node",where="prod;"} 1 @1000
		h_bucket{job="node",le="1.0",where="prod;1.0"} 1 @1000
		h_bucket{job="node",le="+Inf",where="prod;+Inf"} 1 @1000`)
	require.Equal(t, 1, b.Filtered)

	all := Settings{WriteRelabelConfigs: []*relabel.Config{rule(func(c *relabel.Config) { c.Action = relabel.LabelDrop })}}
	require.Equal(t, 4, requireSamples(t, all, md, "").Filtered)
}

func TestExternalLabelsMustBeLabels(t *testing.T) {
	for _, external := range []map[string]string{{"": "a"}, {"a": "\xff"}, {"\xff": "a"}} {
		_, err := New(Settings{ExternalLabels: external})
		require.ErrorContains(t, err, "external_labels")
	}
}
