package translate

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"

	"github.com/prometheus/prometheus/config"
	_ "github.com/prometheus/prometheus/discovery/install" // every service discovery of Prometheus
	yamlv2 "go.yaml.in/yaml/v2"
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

// Prometheus quotes what it could not read, which may be a password in the wrong place.
var (
	quotedValue = regexp.MustCompile("`[^`]*`")
	lineNumber  = regexp.MustCompile(`line \d+: `)
)

// withoutValues keeps the message of Prometheus, its line numbers included, but nothing that may be a secret.
func withoutValues(err error) error {
	if wrong := (*url.Error)(nil); errors.As(err, &wrong) {
		return errors.New("a URL cannot be read: see url, proxy_url and token_url, and write special characters in them as %XX")
	}
	return fmt.Errorf("%s", quotedValue.ReplaceAllString(err.Error(), "a value"))
}
