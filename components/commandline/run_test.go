package commandline

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/featuregate"
)

// newRoot is a command like that of the collector's library. Its flag default stands for the list of all feature gates.
func newRoot(ran *[]string) *cobra.Command {
	record := func(command *cobra.Command, _ []string) error {
		*ran = append(*ran, command.Name())
		return nil
	}
	root := &cobra.Command{Use: "msp-collector", Version: "1", SilenceUsage: true, RunE: record}
	validate := &cobra.Command{Use: "validate", RunE: record}
	list := &cobra.Command{Use: "components", RunE: record}
	root.AddCommand(validate, list)
	for _, command := range []*cobra.Command{root, validate} {
		command.Flags().StringArray("config", []string{"a wall of text"}, "library's usage")
		command.Flags().StringArray("set", nil, "")
		command.Flags().String("feature-gates", "a wall of text", "")
	}
	return root
}

type outcome struct {
	code    int
	handled bool
	out     string
	errors  string
	ran     []string
	given   []string // arguments of probe
}

func run(args ...string) (o outcome) {
	var out, errors bytes.Buffer
	root := newRoot(&o.ran)
	root.SetOut(&out)
	probe := Command{Use: "probe [URL]", Short: "ask", Long: "Asks.", Run: func(args []string) int {
		o.given = args
		return 7
	}}
	o.code, o.handled = Run(root, args, &errors, probe)
	o.out, o.errors = out.String(), errors.String()
	return o
}

func file(t *testing.T, content string) string {
	path := filepath.Join(t.TempDir(), "file.yml")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func TestRunningIsLeftToMain(t *testing.T) {
	for _, args := range [][]string{
		{"--config", "absent.yaml"}, {"--config=yaml:a: b", "--set", "a.b=c"}, {"components"}, {"--version"},
		{"--config", file(t, "receivers: {}\nglobal: {}\n")}, {"--config", file(t, "\t")}, {"--config=prometheus:" + file(t, "global: {}")},
	} {
		o := run(args...)
		assert.False(t, o.handled, "%q: %s", args, o.errors)
		assert.Empty(t, o.ran, args)
		assert.Empty(t, o.errors, args)
	}
}

func TestHelpNamesEverything(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"-h"}, {"help"}} {
		o := run(args...)
		assert.Equal(t, 0, o.code)
		assert.True(t, o.handled)
		for _, want := range []string{"prometheus:", "probe", "validate", "--feature-gates GATES"} {
			assert.Contains(t, o.out, want)
		}
		assert.NotContains(t, o.out, "wall")
	}
	o := run("probe", "--help")
	assert.Equal(t, 0, o.code)
	assert.Contains(t, o.out, "Asks.")
	assert.Nil(t, o.given)
	assert.Contains(t, run("__complete", "pr").out, "probe")
}

func TestCommandsGetTheirArgumentsAndKeepTheirExitCode(t *testing.T) {
	o := run("probe", "http://h")
	assert.Equal(t, 7, o.code)
	assert.Equal(t, []string{"http://h"}, o.given)
	assert.Empty(t, o.errors, "the command has said itself what is wrong")
}

func TestValidateSaysThatItIsValid(t *testing.T) {
	o := run("validate", "--config", "a.yaml")
	assert.Equal(t, 0, o.code)
	assert.Equal(t, []string{"validate"}, o.ran)
	assert.Contains(t, o.out, "a.yaml\nChecked: ")
}

func TestMistakesAreExplained(t *testing.T) {
	featuregate.GlobalRegistry().MustRegister("commandline.testGate", featuregate.StageAlpha)
	prometheus, collector := file(t, "global: {}\nscrape_configs: []\n"), file(t, "receivers: {}\nservice: {}\n")
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--config", prometheus}, prometheus + " is a prometheus.yml: use --config prometheus:" + prometheus},
		{[]string{"validate", "--config=file:" + prometheus}, "use --config prometheus:" + prometheus},
		{[]string{"--config=prometheus:" + collector}, "is a configuration of the collector: use --config " + collector},
		{[]string{"--config.file=" + prometheus}, "--config.file is a flag of Prometheus: use --config prometheus:FILE"},
		{[]string{"--config", "x", "--web.listen-address=:9090"}, "--web.listen-address is a flag of Prometheus that the collector has no counterpart of: remove it"},
		{[]string{"--confg", "x"}, `unknown flag: --confg (did you mean "config"?)`},
		{[]string{"--frobnicate"}, "unknown flag: --frobnicate\n"},
		{[]string{"--config", "x", "--feature-gates=-commandline.testGat"}, `no feature gate "commandline.testGat" (did you mean "commandline.testGate"?)`},
		{nil, "no configuration: use --config FILE"},
		{[]string{"validate"}, "no configuration: use --config FILE"},
		{[]string{"frob"}, `unknown command "frob"`},
	} {
		o := run(c.args...)
		assert.True(t, o.handled, c.args)
		assert.Equal(t, 1, o.code, c.args)
		assert.Contains(t, o.errors, c.says)
		assert.NotContains(t, o.errors+o.out, "wall")
		assert.Empty(t, o.ran)
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"queue_confg", "queue_config", 1}, {"ab", "ba", 1}, {"kitten", "sitting", 3}} {
		assert.Equal(t, c.want, distance(c.a, c.b), c)
		assert.Equal(t, c.want, distance(c.b, c.a), c)
	}
	assert.Equal(t, "endpoint", nearest("endpiont", []string{"timeout", "endpoint"}))
	assert.Empty(t, nearest("zz", []string{"timeout", "endpoint"}))
}
