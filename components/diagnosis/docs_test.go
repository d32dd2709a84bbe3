package diagnosis

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the table into docs/operations.md")

const (
	document = "../../docs/operations.md"
	marker   = "do not edit below -->\n"
)

// The table people read is the table that is used.
func TestDocumentHasTheTable(t *testing.T) {
	content, err := os.ReadFile(document)
	require.NoError(t, err)
	above, below, found := strings.Cut(string(content), marker)
	require.True(t, found)
	table := tableOf(rules)
	if *update {
		require.NoError(t, os.WriteFile(document, []byte(above+marker+table), 0o600))
		return
	}
	require.Equal(t, table, below, "run go test ./components/diagnosis -update")
}

func tableOf(rules []rule) string {
	var table strings.Builder
	table.WriteString("\n| reason | cause | what to do |\n| --- | --- | --- |\n")
	somewhere := &Observation{Credential: UnknownCredential, endpoint: Endpoint{Host: "HOST", Port: "PORT"}}
	for i := range rules {
		finding := rules[i].finding(somewhere)
		fmt.Fprintf(&table, "| `%s` | %s | %s |\n", finding.Reason, finding.Cause, finding.Remedy)
	}
	return table.String()
}
