package commandline

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

type flag = pflag.Flag

const rootHelp = `Delivers Prometheus and OpenTelemetry metrics into Alibaba Cloud Managed Service for Prometheus.

Without a command it runs a configuration until it is stopped:

  msp-collector --config /etc/msp-collector/agent.yaml
  msp-collector --config prometheus:/etc/prometheus/prometheus.yml

prometheus: runs an existing prometheus.yml. Several --config are merged, the last one wins.`

// short are descriptions of the library's commands.
var short = map[string]string{
	"completion":   "Print the completion script of a shell",
	"components":   "List the components of this distribution",
	"featuregate":  "List the feature gates",
	"print-config": "Print the configuration that --config and --set make, secrets hidden",
	"validate":     "Check a configuration without running it",
	"help":         "Help about any command",
}

// flagUsage are descriptions of flags that several commands have. pflag shows the word in backquotes as the flag's value.
var flagUsage = map[string]string{
	"config":        "`LOCATION` of a configuration: FILE, prometheus:FILE, env:VARIABLE or yaml:TEXT; may be repeated, later ones are merged over earlier ones",
	"set":           "`KEY=VALUE` to merge over the configuration, such as service.telemetry.logs.level=debug; may be repeated",
	"feature-gates": "`GATES` to switch on, separated by commas, or off with a - before each; the command featuregate lists them",
}

// decorate adds commands to the library's, and puts its help into words of ours. The flags and what they do stay the library's.
func decorate(root *cobra.Command, commands []Command) {
	root.Long = rootHelp
	root.SetFlagErrorFunc(explainFlag)
	root.InitDefaultHelpFlag()
	root.InitDefaultVersionFlag()
	for _, command := range commands {
		root.AddCommand(command.cobra())
	}
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	root.Flags().VisitAll(describeFlag)
	for _, command := range root.Commands() {
		if text, ours := short[command.Name()]; ours {
			command.Short = text
		}
		command.Flags().VisitAll(describeFlag)
		switch command.Name() {
		case "print-config":
			command.Long = "Prints the configuration that all --config and --set make together. --mode redacted hides secrets, --mode unredacted shows them."
		case "validate":
			command.Long = "Checks a configuration as a start would, without running it. The exit code is 0 when it is valid."
			command.RunE = saying(command.RunE)
		}
	}
}

// describeFlag replaces the description of a flag, whose default the library spells out in full: all feature gates.
func describeFlag(f *flag) {
	if ours, known := flagUsage[f.Name]; known {
		f.Usage, f.DefValue = ours, ""
	}
}

// saying makes `validate` say on standard output that a configuration is valid, and what that means.
func saying(validate func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(command *cobra.Command, args []string) error {
		if err := validate(command, args); err != nil {
			return err
		}
		locations := strings.Trim(command.Flags().Lookup("config").Value.String(), "[]")
		_, err := fmt.Fprintf(command.OutOrStdout(), "valid: %s\nChecked: every key and value, references between components and pipelines, and what each component can check on this host. "+
			"Nothing was sent: whether the endpoint accepts the credentials shows when it runs.\n", locations)
		return err
	}
}
