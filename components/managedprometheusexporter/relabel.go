package managedprometheusexporter

import (
	"fmt"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/relabel"
	"go.yaml.in/yaml/v2"
)

// relabelConfigs reads write_relabel_configs through Prometheus's strict reader: its defaults, and its messages for what is
// wrong.
func (c *Config) relabelConfigs() ([]*relabel.Config, error) {
	const key = "write_relabel_configs"
	scheme := model.UTF8Validation
	if c.MetricNameValidationScheme == schemeLegacy {
		scheme = model.LegacyValidation
	}
	rules := make([]*relabel.Config, 0, len(c.WriteRelabelConfigs))
	for i, written := range c.WriteRelabelConfigs {
		text, err := yaml.Marshal(written)
		if err != nil {
			return nil, fmt.Errorf("%s[%d]: %w", key, i, err)
		}
		rule := &relabel.Config{}
		if err := yaml.UnmarshalStrict(text, rule); err != nil {
			return nil, fmt.Errorf("%s[%d]: %w", key, i, err)
		}
		if err := rule.Validate(scheme); err != nil {
			return nil, fmt.Errorf("%s[%d]: %w", key, i, err)
		}
		rules = append(rules, rule)
	}
	return rules, nil
}
