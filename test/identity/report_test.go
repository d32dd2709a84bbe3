package identity

import (
	"fmt"
	"strings"
	"testing"
)

// shown is how many differences of a comparison are shown.
const shown = 20

// report prints the table, and fails with the first differences.
func report(t *testing.T, results []comparison) {
	t.Helper()
	var table strings.Builder
	var differences []string
	total := comparison{fixture: "in all"}
	row := func(c *comparison, differing int) {
		fmt.Fprintf(&table, "%-36s %7d %8d %9d\n", c.fixture, c.series, c.samples, differing)
	}
	for _, c := range results {
		row(&c, len(c.differences))
		total.series += c.series
		total.samples += c.samples
		total.signs += c.signs
		total.alone += c.alone
		differences = append(differences, c.differences...)
	}
	row(&total, len(differences))
	t.Logf("\n%-36s %7s %8s %9s\n%s%d zeros have a sign that Prometheus does not send, %d exemplars no sample", "fixture", "series", "samples", "differing", table.String(), total.signs, total.alone)
	if len(differences) > 0 {
		t.Errorf("%d differences, the first of them:\n%s", len(differences), strings.Join(differences[:min(shown, len(differences))], "\n"))
	}
}
