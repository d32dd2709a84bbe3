package commandline

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/collector/featuregate"
	"go.yaml.in/yaml/v3"
)

// mistake finds arguments that cannot be meant as they are written. It returns nil where it finds none.
func (a arguments) mistake(command *cobra.Command) error {
	if command.Flags().Lookup("config") != nil && len(a.configs)+len(a.sets) == 0 {
		return errNoConfig
	}
	errs := []error{unknownGates(a.gates)}
	for _, location := range a.configs {
		errs = append(errs, wrongPrefix(location))
	}
	return errors.Join(errs...)
}

const prometheusPrefix = "prometheus:"

var errNoConfig = errors.New("no configuration: use --config FILE, or --config prometheus:FILE to run a prometheus.yml; --help shows more")

// Sections of a file that say what kind of configuration it is.
var (
	prometheusSections = []string{"scrape_configs", "scrape_config_files", "remote_write", "remote_read", "rule_files", "alerting", "global"}
	collectorSections  = []string{"receivers", "processors", "exporters", "connectors", "extensions", "service"}
)

// wrongPrefix compares the prefix of a --config location with what the file is. Files that cannot be read or parsed are left to
// the collector, which says why.
func wrongPrefix(location string) error {
	path, runsPrometheus := strings.CutPrefix(location, prometheusPrefix)
	if !runsPrometheus {
		path = strings.TrimPrefix(location, "file:")
	}
	switch ofPrometheus, ofCollector := sections(path); {
	case !runsPrometheus && ofPrometheus && !ofCollector:
		return fmt.Errorf("%s is a prometheus.yml: use --config %s%s", path, prometheusPrefix, path)
	case runsPrometheus && ofCollector && !ofPrometheus:
		return fmt.Errorf("%s is a configuration of the collector: use --config %s", path, path)
	}
	return nil
}

func sections(path string) (ofPrometheus, ofCollector bool) {
	content, err := os.ReadFile(path)
	if err != nil {
		return false, false
	}
	var top map[string]yaml.Node
	if yaml.Unmarshal(content, &top) != nil {
		return false, false
	}
	for name := range top {
		ofPrometheus = ofPrometheus || slices.Contains(prometheusSections, name)
		ofCollector = ofCollector || slices.Contains(collectorSections, name)
	}
	return ofPrometheus, ofCollector
}

// unknownGates names feature gates that do not exist: the library would answer with the list of all that do.
func unknownGates(gates []string) error {
	var known []string
	featuregate.GlobalRegistry().VisitAll(func(g *featuregate.Gate) { known = append(known, g.ID()) })
	var errs []error
	for _, gate := range gates {
		if id := strings.TrimLeft(gate, "+-"); id != "" && !slices.Contains(known, id) {
			errs = append(errs, fmt.Errorf("--feature-gates: no feature gate %q%s; `msp-collector featuregate` lists them", id, didYouMean(id, known)))
		}
	}
	return errors.Join(errs...)
}

var unknownFlag = regexp.MustCompile(`^unknown flag: --([a-z0-9.-]+)`)

// prometheusFlags are the beginnings of flags that Prometheus has and the collector has no counterpart of.
var prometheusFlags = []string{"web.", "storage.", "rules.", "query.", "scrape.", "alertmanager.", "enable-feature", "agent", "log.", "auto-gomemlimit", "auto-gomaxprocs", "config.auto-reload"}

// explainFlag adds to the error about a flag what to do where it is one of Prometheus.
func explainFlag(command *cobra.Command, err error) error {
	found := unknownFlag.FindStringSubmatch(err.Error())
	if found == nil {
		return err
	}
	switch name := found[1]; {
	case name == "config.file":
		return fmt.Errorf("--config.file is a flag of Prometheus: use --config %sFILE for a prometheus.yml, or --config FILE for a configuration of the collector", prometheusPrefix)
	case slices.ContainsFunc(prometheusFlags, func(prefix string) bool { return strings.HasPrefix(name, prefix) }):
		return fmt.Errorf("--%s is a flag of Prometheus that the collector has no counterpart of: remove it", name)
	default:
		var known []string
		command.Flags().VisitAll(func(f *flag) { known = append(known, f.Name) })
		return fmt.Errorf("%w%s", err, didYouMean(name, known))
	}
}
