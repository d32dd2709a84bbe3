package translate

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/relabel"
	"go.opentelemetry.io/collector/confmap"
	yamlv2 "go.yaml.in/yaml/v2"
	"go.yaml.in/yaml/v3"
)

var errCarried = errors.New("it uses YAML that cannot be carried over exactly: write numbers, booleans and merge keys out, and quote texts")

// compareJobs holds what the receiver will read against what Prometheus read.
func (t *translation) compareJobs(jobs []*config.ScrapeConfig) error {
	if err := t.separators(t.result.Document); err != nil {
		return err
	}
	values, err := plain(t.result.Document)
	if err != nil {
		return t.in(t.source.Path, withoutValues(err))
	}
	receiver, err := confmap.NewFromStringMap(values).Sub("receivers::" + receiverID + "::config")
	if err != nil {
		return t.in(t.source.Path, errCarried)
	}
	content, err := yamlv2.Marshal(receiver.ToStringMap())
	if err != nil {
		return t.in(t.source.Path, errCarried)
	}
	carried, err := load(content, discard)
	if err != nil {
		return t.in(t.source.Path, fmt.Errorf("with the files that it includes: %s", lineNumber.ReplaceAllString(err.Error(), "")))
	}
	for i, job := range carried.ScrapeConfigs {
		if i >= len(jobs) || !reflect.DeepEqual(job, jobs[i]) {
			return t.in(t.source.Path, fmt.Errorf("job %q: %w", job.JobName, errCarried))
		}
	}
	if len(carried.ScrapeConfigs) != len(jobs) {
		return t.in(t.source.Path, errCarried)
	}
	return t.compareRules()
}

// compareRules does so for write_relabel_configs.
func (t *translation) compareRules() error {
	_, exporters := lookup(t.result.Document, "exporters")
	for i, written := range t.loaded.RemoteWriteConfigs {
		_, rules := lookup(exporters.Content[2*i+1], "write_relabel_configs")
		if rules == nil {
			continue
		}
		content, err := asPrometheusReads(mapping("rules", rules))
		var carried struct {
			Rules []*relabel.Config `yaml:"rules"`
		}
		if err == nil {
			err = yamlv2.UnmarshalStrict(content, &carried)
		}
		for _, rule := range carried.Rules {
			err = errors.Join(err, rule.Validate(t.loaded.GlobalConfig.MetricNameValidationScheme))
		}
		if err != nil || !reflect.DeepEqual(carried.Rules, written.WriteRelabelConfigs) {
			return t.at(rules, "write_relabel_configs: %w", errCarried)
		}
	}
	return nil
}

// separators refuses keys that the collector's configuration would take for two.
func (t *translation) separators(node *yaml.Node) error {
	if node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if key := node.Content[i]; strings.Contains(key.Value, confmap.KeyDelimiter) {
			return t.in(t.source.Path, fmt.Errorf("%q holds %s, which parts keys in the collector's configuration: use another name", key.Value, confmap.KeyDelimiter))
		}
		if err := t.separators(node.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}
