package harness

import (
	"context"
	"fmt"
	"strings"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// Metric reads one of the server's own metrics, a counter or gauge; of several series it is the sum.
func (c *Client) Metric(ctx context.Context, name string) (sum float64, err error) {
	page, err := c.Get(ctx, "/metrics", nil)
	if err != nil {
		return 0, err
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(string(page)))
	if err != nil {
		return 0, fmt.Errorf("parse the metrics of %s: %w", c.URL, err)
	}
	if families[name] == nil {
		return 0, fmt.Errorf("%s has no metric %s", c.URL, name)
	}
	for _, m := range families[name].GetMetric() {
		sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
	}
	return sum, nil
}
