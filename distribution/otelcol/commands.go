package main

import (
	"os"
	"path/filepath"

	"go.opentelemetry.io/collector/otelcol"

	"github.com/msp-collector/msp-collector/components/commandline"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter"
	"github.com/msp-collector/msp-collector/components/prometheusconfigprovider"
	"github.com/msp-collector/msp-collector/extension/deliverystatusextension"
)

// commands are ours. The builder's main knows none, and leaves this file alone: see docs/decisions/0009-commands.md.
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
		Use:   "convert FILE",
		Short: "Print a prometheus.yml as a configuration of the collector, without its secrets",
		Long: `Prints a prometheus.yml as a configuration of the collector, to keep and to change:

  msp-collector convert /etc/prometheus/prometheus.yml > collector.yaml

Secrets are not printed: a comment says which file or environment variable to put each into. To run the file as it is, use
msp-collector --config prometheus:FILE. msp-collector-convert is the same command.`,
		Run: func(args []string) int { return prometheusconfigprovider.Convert(args, os.Stdout, os.Stderr) },
	},
}

func init() {
	nameHost()
	args := os.Args[1:]
	if filepath.Base(os.Args[0]) == "msp-collector-convert" { // a link to this binary
		args = append([]string{"convert"}, args...)
	}
	if code, handled := commandline.Run(otelcol.NewCommand(settings()), args, os.Stderr, commands...); handled {
		os.Exit(code)
	}
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
