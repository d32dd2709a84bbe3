package translate

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/msp-collector/msp-collector/components/managedprometheusexporter"
)

// The environment variables that move what the collector adds to a prometheus.yml, named as in the
// shipped configurations. An empty one counts as not set.
const (
	statusVariable       = "MSP_STATUS_ENDPOINT"
	healthVariable       = "MSP_HEALTH_ENDPOINT"
	telemetryVariable    = "MSP_TELEMETRY_PORT"
	selfScrapeVariable   = "MSP_SELF_SCRAPE"
	walDirectoryVariable = "MSP_WAL_DIRECTORY"
	walMaxSizeVariable   = "MSP_WAL_MAX_SIZE"

	defaultStatusEndpoint = "127.0.0.1:8686"
	defaultTelemetryPort  = "8888"
	telemetryHost         = "127.0.0.1"
	defaultMaxSize        = "4GiB" // as of the exporter
)

// checks are what the value of a variable must be. Other variables hold any text.
var checks = map[string]func(value string) error{
	statusVariable: checkEndpoint,
	healthVariable: checkEndpoint,
	telemetryVariable: func(value string) error {
		if n, err := strconv.Atoi(value); err != nil || n < 1 || n > 65535 {
			return errors.New("write a port number, 8888 for example")
		}
		return nil
	},
	selfScrapeVariable: func(value string) error {
		if _, err := strconv.ParseBool(value); err != nil {
			return errors.New("write true or false")
		}
		return nil
	},
	walMaxSizeVariable: func(value string) error { return new(managedprometheusexporter.Size).UnmarshalText([]byte(value)) },
}

func checkEndpoint(value string) error {
	if _, _, err := net.SplitHostPort(value); err != nil {
		return errors.New("write host:port, 127.0.0.1:8686 for example")
	}
	return nil
}

// checkEnvironment returns what is wrong with the variables, by their names.
func checkEnvironment() error {
	var errs []error
	for _, name := range []string{statusVariable, healthVariable, telemetryVariable, selfScrapeVariable, walMaxSizeVariable} {
		if value := os.Getenv(name); value != "" {
			if err := checks[name](value); err != nil {
				errs = append(errs, fmt.Errorf("environment variable %s=%q: %w", name, value, err))
			}
		}
	}
	return errors.Join(errs...)
}

// variable returns before followed by the value of a variable, or by otherwise when it is not set. A
// configuration that is printed to be kept refers to the variable instead.
func (t *translation) variable(before, name, otherwise string) *yaml.Node {
	if t.secrets == Carried {
		return text(before + valueOf(name, otherwise))
	}
	node := text(before + "${env:" + name + ":-" + otherwise + "}")
	t.result.references[node] = true
	return node
}

func valueOf(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

// selfScrape reports whether the collector's own metrics are scraped and delivered.
func selfScrape() bool {
	on, err := strconv.ParseBool(valueOf(selfScrapeVariable, "true"))
	return on || err != nil
}

// walDirectory returns where the write-ahead logs are unless the environment says otherwise: systemd's
// StateDirectory= names the folder, the first of several.
func walDirectory() string {
	directory, _, _ := strings.Cut(os.Getenv("STATE_DIRECTORY"), ":")
	if directory == "" {
		directory = "/var/lib/msp-collector"
	}
	return filepath.Join(directory, "wal")
}
