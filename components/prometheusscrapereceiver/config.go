package prometheusscrapereceiver

import (
	"errors"
	"fmt"
	"maps"

	"github.com/prometheus/prometheus/config"
	"go.opentelemetry.io/collector/confmap"
	"go.yaml.in/yaml/v2"
)

// Config is the configuration of the receiver.
type Config struct {
	// Prometheus is what a prometheus.yml has about scraping: global, scrape_configs and scrape_config_files.
	Prometheus PrometheusConfig `mapstructure:"config"`

	// Directory is where relative paths in it begin. Default: the folder of the collector's first --config file, else the
	// working directory.
	Directory string `mapstructure:"directory"`

	// StartTimestamps takes created timestamps from what is exposed, as Prometheus does with its feature st-storage.
	// In OpenMetrics these are the series _created, which are then no series of their own.
	StartTimestamps bool `mapstructure:"start_timestamps"`

	// SeriesMetadata gives each series the type, help and unit of its family, as Prometheus does with its feature
	// metadata-wal-records. Remote write 1.0 does not need it: there, families are described apart.
	SeriesMetadata bool `mapstructure:"series_metadata"`

	_ struct{}
}

// Validate loads the configuration of Prometheus, the files it includes too.
func (c *Config) Validate() error {
	_, err := c.load()
	return err
}

// PrometheusConfig is a configuration of Prometheus as it was written. It is kept so, not as Prometheus's own type: that one
// does not come out of YAML as it went in, and cannot be compared.
type PrometheusConfig struct {
	written map[string]any
}

var (
	_ confmap.Unmarshaler = (*PrometheusConfig)(nil)
	_ confmap.Marshaler   = PrometheusConfig{}
)

// Unmarshal takes the configuration as it is.
func (p *PrometheusConfig) Unmarshal(conf *confmap.Conf) error {
	p.written = conf.ToStringMap()
	return nil
}

// Marshal gives the configuration as Prometheus shows it: with its defaults, and without its secrets.
func (p PrometheusConfig) Marshal(conf *confmap.Conf) error {
	loaded, err := p.parse()
	if err != nil {
		return err
	}
	shown := map[string]any{}
	if err := yaml.Unmarshal([]byte(loaded.String()), &shown); err != nil {
		return errors.New("config: cannot be shown")
	}
	for section := range elsewhere {
		delete(shown, section)
	}
	return conf.Merge(confmap.NewFromStringMap(shown))
}

// parse makes Prometheus's own type of it.
func (p PrometheusConfig) parse() (*config.Config, error) {
	loaded, err := loadValues(p.written)
	if err == nil {
		return loaded, nil
	}
	if loaded, ok := withBooleans(p.written); ok {
		return loaded, nil
	}
	return nil, blame(p.written, err)
}

func loadValues(written map[string]any) (*config.Config, error) {
	text, err := yaml.Marshal(written)
	if err != nil {
		return nil, err
	}
	return config.Load(string(text), discardLogger)
}

// blame says where an error is. Prometheus seldom does, so the parts are loaded one by one.
func blame(written map[string]any, err error) error {
	global := map[string]any{}
	if settings, ok := written["global"]; ok {
		global["global"] = settings
		if _, err := loadValues(global); err != nil {
			return fmt.Errorf("config::global: %s", withoutValues(err))
		}
	}
	jobs, _ := written["scrape_configs"].([]any)
	var errs []error
	for i, job := range jobs {
		alone := maps.Clone(global)
		alone["scrape_configs"] = []any{job}
		if _, err := loadValues(alone); err != nil {
			errs = append(errs, fmt.Errorf("config::scrape_configs[%d]%s: %s", i, named(job), withoutValues(err)))
		}
	}
	if len(errs) == 0 { // it is of the whole, such as two jobs of one name
		return fmt.Errorf("config: %s", withoutValues(err))
	}
	return errors.Join(errs...)
}

func named(job any) string {
	keys, _ := job.(map[string]any)
	if name, ok := keys["job_name"].(string); ok {
		return fmt.Sprintf(" (job %q)", name)
	}
	return ""
}
