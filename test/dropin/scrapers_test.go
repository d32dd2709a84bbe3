package dropin

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

const patience = 60 * time.Second

func deadline(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// collector is an msp-collector that runs a prometheus.yml.
type collector struct {
	*harness.Process
	metricsURL string
	statusURL  string
	state      string
}

// withoutSelfScrape leaves out the job of the collector's own metrics, which Prometheus does not have.
const withoutSelfScrape = "MSP_SELF_SCRAPE=false"

// startCollector runs it, with further --config arguments.
func startCollector(t *testing.T, config string, more ...string) *collector {
	t.Helper()
	return startCollectorOn(t, t.TempDir(), config, more...)
}

// startCollectorOn runs it on the state that another has left.
func startCollectorOn(t *testing.T, state, config string, more ...string) *collector {
	t.Helper()
	return startCollectorIn(t, state, []string{withoutSelfScrape}, config, more...)
}

// startCollectorIn does so in an environment.
func startCollectorIn(t *testing.T, state string, env []string, config string, more ...string) *collector {
	t.Helper()
	own, err := harness.NewOwnEndpoints()
	require.NoError(t, err)
	c := &collector{state: state, metricsURL: own.MetricsURL, statusURL: own.StatusURL}
	env = append(append([]string{"STATE_DIRECTORY=" + c.state}, own.Env...), env...)
	c.Process, err = harness.StartProcess(binary(t, "msp-collector"), append([]string{"--config=" + config}, more...), env)
	require.NoError(t, err)
	t.Cleanup(func() {
		c.Stop()
		if t.Failed() {
			t.Logf("last output of the collector:\n%s", c.Output.Tail(15))
		}
	})
	require.NoError(t, c.Until(deadline(t), "the collector runs", func(ctx context.Context) error {
		_, err := harness.Fetch(ctx, c.metricsURL)
		return err
	}))
	return c
}

func binary(t *testing.T, name string) string {
	t.Helper()
	path, err := harness.Binary(name)
	require.NoError(t, err)
	return path
}

// metric is the sum of one of its own metrics by the value of a label.
func (c *collector) metric(ctx context.Context, name, label string) (map[string]int, error) {
	page, err := harness.Fetch(ctx, c.metricsURL)
	if err != nil {
		return nil, err
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(page))
	if err != nil {
		return nil, err
	}
	if families[name] == nil {
		return nil, fmt.Errorf("no metric %s", name)
	}
	sums := map[string]int{}
	for _, m := range families[name].GetMetric() {
		key := ""
		for _, pair := range m.GetLabel() {
			if pair.GetName() == label {
				key = pair.GetValue()
			}
		}
		sums[key] += int(m.GetGauge().GetValue() + m.GetCounter().GetValue())
	}
	return sums, nil
}

// write puts a file in the place of another at once.
func write(t *testing.T, path, content string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path+".next", []byte(content), 0o600))
	require.NoError(t, os.Rename(path+".next", path))
}
