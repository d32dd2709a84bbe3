package main

import (
	"os"
	"path/filepath"

	"github.com/msp-collector/msp-collector/components/prometheusconfigprovider"
	"github.com/msp-collector/msp-collector/extension/deliverystatusextension"
)

// Commands of ours. The builder's main knows none, and leaves this file alone: see docs/decisions/0009-commands.md.
//
//	msp-collector probe [URL]               the health check of the image, which has no shell
//	msp-collector-convert prometheus.yml    by its name, a link to this binary, or as msp-collector convert
func init() {
	nameHost()
	arguments := append(os.Args[1:len(os.Args):len(os.Args)], "")
	switch {
	case filepath.Base(os.Args[0]) == "msp-collector-convert":
		os.Exit(prometheusconfigprovider.Convert(os.Args[1:], os.Stdout, os.Stderr))
	case arguments[0] == "convert":
		os.Exit(prometheusconfigprovider.Convert(os.Args[2:], os.Stdout, os.Stderr))
	case arguments[0] == "probe":
		os.Exit(deliverystatusextension.Probe(arguments[1], os.Stdout))
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
