package translate

import (
	"errors"
	"log/slog"
	"regexp"

	"github.com/prometheus/prometheus/config"
	_ "github.com/prometheus/prometheus/discovery/install" // every service discovery of Prometheus
	yamlv2 "go.yaml.in/yaml/v2"

	"github.com/msp-collector/msp-collector/components/prometheusscrapereceiver"
)

// load reads a configuration as Prometheus does, strictly.
func load(content []byte, logger *slog.Logger) (*config.Config, error) {
	loaded, err := config.Load(string(content), logger)
	if err != nil {
		return nil, withoutValues(err)
	}
	return loaded, nil
}

// loadIncluded reads a file of scrape_config_files as Prometheus does.
func loadIncluded(content []byte) (*config.ScrapeConfigs, error) {
	included := &config.ScrapeConfigs{}
	if err := yamlv2.UnmarshalStrict(content, included); err != nil {
		return nil, withoutValues(err)
	}
	return included, nil
}

var lineNumber = regexp.MustCompile(`line \d+: `)

// withoutValues keeps the message of Prometheus, its line numbers included, but nothing that may be a secret.
func withoutValues(err error) error { return errors.New(prometheusscrapereceiver.WithoutValues(err)) }
