package prometheusscrapereceiver

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/config"
	_ "github.com/prometheus/prometheus/discovery/install" // every service discovery of Prometheus
)

var errNothingToScrape = errors.New("config: neither scrape_configs nor scrape_config_files names a job to scrape")

// elsewhere are the sections of a prometheus.yml that have their place elsewhere in a collector, or none.
var elsewhere = map[string]string{
	"remote_write": "use the exporter managed_prometheus",
	"remote_read":  "remove it: a collector answers no queries",
	"rule_files":   "evaluate rules where the metrics are stored",
	"alerting":     "send alerts from where the metrics are stored",
	"storage":      "remove it: the collector has no storage but the write-ahead log of its exporter",
	"tracing":      "use service::telemetry::traces",
	"otlp":         "use the receiver otlp and the keys otlp of the exporter managed_prometheus",
	"runtime":      "set the environment variable GOGC",
}

var discardLogger = slog.New(slog.DiscardHandler)

// load parses and checks the configuration, with its paths made absolute and its included files read.
func (c *Config) load() (*config.Config, error) {
	var errs []error
	for _, section := range slices.Sorted(maps.Keys(c.Prometheus.written)) {
		if remedy, ok := elsewhere[section]; ok {
			errs = append(errs, fmt.Errorf("config::%s is not for a receiver: %s", section, remedy))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	loaded, err := c.Prometheus.parse()
	if err != nil {
		return nil, err
	}
	if err := changedTexts(c.Prometheus.written); err != nil {
		return nil, err
	}
	directory, err := c.directory()
	if err != nil {
		return nil, err
	}
	loaded.SetDirectory(directory)
	jobs, err := loaded.GetScrapeConfigs()
	if err != nil {
		return nil, fmt.Errorf("config: %s", withoutValues(err))
	}
	if len(jobs) == 0 {
		return nil, errNothingToScrape
	}
	return loaded, nil
}

func (c *Config) directory() (string, error) {
	directory := c.Directory
	if directory == "" {
		directory = configDirectory(os.Args[1:])
	}
	directory, err := filepath.Abs(directory)
	if err != nil {
		return "", fmt.Errorf("directory: %w", err)
	}
	return directory, nil
}

// configDirectory is the folder of the first configuration file on the collector's command line. A component is told neither
// the file that it is configured in nor its folder.
func configDirectory(args []string) string {
	for i, arg := range args {
		name, location, given := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if name != "config" || !strings.HasPrefix(arg, "-") {
			continue
		}
		if !given && i+1 < len(args) {
			location = args[i+1]
		}
		scheme, path, hasScheme := strings.Cut(location, ":")
		switch {
		case hasScheme && scheme == "file":
			return filepath.Dir(path)
		case !hasScheme && location != "":
			return filepath.Dir(location)
		}
	}
	return "."
}
