package main

import (
	"fmt"
	"io"
)

// The commands stand alone on their lines, to be copied. %[1]s is the folder.
const guide = `
Look at it in a browser, how delivery goes and what to do when it does not:

  %[6]s/

Or from a shell:

  curl --config %[1]s/curl.conf '%[2]s/api/v1/query?query=up'
  curl '%[3]s'
  tail -f %[1]s/collector.log

The first asks the stand-in (user and password are in curl.conf), the second shows the collector's own metrics.

Rotate the AccessKey pair while it runs. The first command makes the stand-in refuse the pair in use, the second gives
the collector the new one; delivery goes on without a restart:

  cp %[1]s/next/web.yml %[1]s/next/curl.conf %[1]s/
  cp %[1]s/next/accesskey.json %[1]s/

Configuration:     %[4]s
AccessKey file:    %[1]s/accesskey.json
Remote write URL:  %[5]s

Ctrl-C stops everything and removes %[1]s.
`

func (d *demo) printGuide(out io.Writer) {
	fmt.Fprintf(out, guide, d.dir, d.prometheus.URL, d.collector.MetricsURL, d.collector.Config, d.prometheus.RemoteWriteURL(), d.collector.StatusURL)
}
