package alerts

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

var update = flag.Bool("update", false, "write docs/metrics.md")

const (
	ours   = "github.com/msp-collector/msp-collector/"
	marker = "do not edit below -->\n"
)

// metricsAreDocumented compares docs/metrics.md with what the binary exports.
func (s *scene) metricsAreDocumented(t *testing.T) {
	document := repository(t, "docs", "metrics.md")
	content, err := os.ReadFile(document)
	require.NoError(t, err)
	above, below, found := strings.Cut(string(content), marker)
	require.True(t, found)
	table := s.table(t)
	if *update {
		require.NoError(t, os.WriteFile(document, []byte(above+marker+table), 0o600))
		return
	}
	require.Equal(t, table, below, "run go test ./alerts -update")
}

// table describes the metrics of our components, by component.
func (s *scene) table(t *testing.T) string {
	t.Helper()
	s.exported.mu.Lock()
	defer s.exported.mu.Unlock()
	mine := slices.DeleteFunc(slices.Collect(maps.Values(s.exported.all)), func(d *described) bool { return !strings.HasPrefix(d.Scope, ours) })
	slices.SortFunc(mine, func(a, b *described) int {
		return cmp.Or(strings.Compare(path.Base(a.Scope), path.Base(b.Scope)), strings.Compare(a.Name, b.Name))
	})
	var table strings.Builder
	scope := ""
	for _, d := range mine {
		if d.Scope != scope {
			scope = d.Scope
			fmt.Fprintf(&table, "\n## %s\n\n| name | type | unit | labels | meaning |\n| --- | --- | --- | --- | --- |\n", path.Base(scope))
		}
		fmt.Fprintf(&table, "| `%s` | %s | %s | %s | %s |\n", d.Name, d.Kind, unit(d.Unit), "`"+strings.Join(d.Attributes, "`, `")+"`", d.Description)
	}
	return strings.ReplaceAll(table.String(), "| `` |", "| |")
}

// unit leaves out the braces of UCUM, which are for machines.
func unit(ucum string) string { return strings.Trim(ucum, "{}") }

// page is the names of the metrics on a page.
func page(t *testing.T, url string) []string {
	t.Helper()
	text, err := harness.Fetch(deadline(t), url)
	require.NoError(t, err)
	textParser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := textParser.TextToMetricFamilies(strings.NewReader(text))
	require.NoError(t, err)
	return slices.Collect(maps.Keys(families))
}

var variable = regexp.MustCompile(`\$__rate_interval|\$[a-z]+`)

// dashboardIsTrue parses every query of the dashboard: each names metrics that the binary serves in one page with the
// collector's own, or has exported since the scene began.
func (s *scene) dashboardIsTrue(t *testing.T) {
	served := page(t, s.collector.MetricsURL)
	require.Contains(t, served, "otelcol_process_uptime", "ours and the collector's own come in one scrape")
	require.Contains(t, served, "otelcol_exporter_managed_prometheus_state")
	s.exported.mu.Lock()
	for name := range s.exported.all {
		served = append(served, name)
	}
	s.exported.mu.Unlock()

	queries := dashboardQueries(t)
	require.Greater(t, len(queries), 30)
	promql := parser.NewParser(parser.Options{})
	for _, query := range queries {
		expression, err := promql.ParseExpr(variable.ReplaceAllStringFunc(query, func(name string) string {
			if name == "$__rate_interval" {
				return "1m"
			}
			return "x"
		}))
		require.NoError(t, err, query)
		parser.Inspect(expression, func(node parser.Node, _ []parser.Node) error {
			if selector, ok := node.(*parser.VectorSelector); ok {
				require.Contains(t, served, selector.Name, query)
			}
			return nil
		})
	}
}

func dashboardQueries(t *testing.T) (queries []string) {
	t.Helper()
	content, err := os.ReadFile(repository(t, "distribution", "dashboards", "msp-collector.json"))
	require.NoError(t, err)
	var dashboard struct {
		Panels []struct {
			Title, Description, Type string
			Targets                  []struct{ Expr string }
		}
	}
	require.NoError(t, json.Unmarshal(content, &dashboard))
	for _, panel := range dashboard.Panels {
		require.NotEmpty(t, panel.Title)
		if panel.Type != "row" {
			require.NotEmpty(t, panel.Description, panel.Title)
		}
		for _, target := range panel.Targets {
			queries = append(queries, target.Expr)
		}
	}
	return queries
}
