package main

import (
	"os"
	"path/filepath"

	"go.opentelemetry.io/collector/otelcol"

	"github.com/msp-collector/msp-collector/components/commandline"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter"
	"github.com/msp-collector/msp-collector/components/prometheusconfigprovider"
	"github.com/msp-collector/msp-collector/components/supervisor"
	"github.com/msp-collector/msp-collector/extension/deliverystatusextension"
)

// commands are ours. See docs/decisions/0009-commands.md.
var commands = []commandline.Command{
	{
		Use:   "probe [URL]",
		Short: "Ask a running collector whether it is ready, as a health check does",
		Long: `Asks a running collector's status page whether it is ready, prints the answer, and ends with 0 if it is.

URL is that of /ready or of any other page, such as http://127.0.0.1:8686/api/v1/status; HOST:PORT is short for http://HOST:PORT/ready.
The default is MSP_STATUS_ENDPOINT, or else 127.0.0.1:8686.`,
		Run: func(args []string) int { return deliverystatusextension.Probe(append(args, "")[0], os.Stdout) },
	},
	{
		Use:   "wal list [DIRECTORY] | deliver FOLDER EXPORTER | delete FOLDER",
		Short: "List write-ahead logs, and deliver or delete those of exporters that are no longer configured",
		Long:  managedprometheusexporter.WALHelp,
		Run:   func(args []string) int { return managedprometheusexporter.WAL(args, os.Stdout, os.Stderr) },
	},
	{
		Use:   "reload [PID]",
		Short: "Make a running collector read its configuration again, and wait for the outcome",
		Long: `Signals a running collector to read its configuration again, waits for the outcome, and exits with 0 when the configuration on disk
is in use. When the collector refuses it, the command says why and exits with 1; the collector continues with the last one that ran.

PID is the collector's process id; without it, the status page at MSP_STATUS_ENDPOINT, or else 127.0.0.1:8686, is asked for it.`,
		Run: func(args []string) int { return supervisor.ReloadCommand(args, os.Stdout) },
	},
	{
		Use:   "convert FILE",
		Short: "Print a prometheus.yml as a configuration of the collector, without its secrets",
		Long: `Prints a prometheus.yml as a configuration of the collector, to keep and to change:

  msp-collector convert /etc/prometheus/prometheus.yml > collector.yaml

Secrets are not printed: a comment says which file or environment variable to put each into. To run the file as it is, use
msp-collector --config prometheus:FILE. msp-collector-convert is the same command.`,
		Run: func(args []string) int { return prometheusconfigprovider.Convert(args, os.Stdout, os.Stderr) },
	},
}

// newCommand is what `make generate` makes main call in place of otelcol.NewCommand. It handles commands that do not run the
// collector itself, and ends the process with their exit code.
func newCommand(set otelcol.CollectorSettings) *supervisor.Root {
	nameHost()
	args := os.Args[1:]
	if filepath.Base(os.Args[0]) == "msp-collector-convert" { // a link to this binary
		args = append([]string{"convert"}, args...)
	}
	if code, handled := commandline.Run(supervisor.Command(set), args, os.Stderr, commands...); handled {
		os.Exit(code)
	}
	return supervisor.Command(set)
}

// nameHost puts this host's name where containers and shells have it, for configurations to say which collector they are of:
// to a destination, two hosts that both call themselves 127.0.0.1 are one.
func nameHost() {
	if os.Getenv("HOSTNAME") != "" {
		return
	}
	if name, err := os.Hostname(); err == nil {
		_ = os.Setenv("HOSTNAME", name) // it fails for names with a NUL only
	}
}
