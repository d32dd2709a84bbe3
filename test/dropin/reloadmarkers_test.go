package dropin

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// reloaded is a file that a reload gives a rule to, and takes a job from. Prometheus marks series stale that go on when a scrape
// after the reload takes longer than a tenth of the interval, so that of the rule is long.
const reloaded = `global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - job_name: same
    metrics_path: /open/same
    static_configs: [{targets: [TARGET_A]}]
  - job_name: targets
    metrics_path: /plain/targets
    file_sd_configs: [{files: [targets.json]}]
  - job_name: rules
    scrape_interval: 4s
    metrics_path: /plain/rules
    static_configs: [{targets: [TARGET_A]}]
  - job_name: gone
    metrics_path: /plain/gone
    static_configs: [{targets: [TARGET_C]}]
` + defaultRemoteWrite

// reload changes it, and takes a target from a file that it names. Of a target in the prometheus.yml nobody could say what becomes:
// Prometheus begins the scrapes of a job anew that changes, and marks nothing of a target that it removes before it has scraped
// it again.
func (p *pair) reload(t *testing.T, before string) {
	t.Helper()
	gone := before[strings.Index(before, "  - job_name: gone"):strings.Index(before, "\nremote_write:")]
	rule := "    metrics_path: /plain/rules\n"
	after := strings.Replace(before, gone, "", 1)
	after = strings.Replace(after, rule, rule+"    metric_relabel_configs: [{source_labels: [__name__], regex: go_goroutines, action: drop}]\n", 1)
	write(t, filepath.Join(p.directory, "targets.json"), p.targets.place(`[{"targets": ["TARGET_A"]}]`))
	write(t, filepath.Join(p.directory, "prometheus.yml"), after)
}

// The same reload, by a Prometheus and by the collector: what is sent, staleness markers and scrape_series_added included, does
// not differ, and no exemplar is sent again.
func TestAReloadSendsWhatPrometheusSends(t *testing.T) {
	f := &file{name: "reload", content: map[string]string{"prometheus.yml": reloaded, "targets.json": `[{"targets": ["TARGET_A", "TARGET_B"]}]`}}
	one, other := newPair(t, f), newPair(t, f)
	content, err := os.ReadFile(filepath.Join(one.directory, "prometheus.yml"))
	require.NoError(t, err)
	others, err := os.ReadFile(filepath.Join(other.directory, "prometheus.yml"))
	require.NoError(t, err)
	prometheus, err := harness.StartPrometheus(deadline(t), harness.PrometheusSettings{
		Directory: one.directory, Config: string(content), Users: []harness.AccessKey{harness.NewAccessKey()}, Features: []string{"exemplar-storage"},
	})
	require.NoError(t, err)
	t.Cleanup(prometheus.Stop)
	began := time.Now()
	one.targets.begin(began)
	other.targets.begin(began)
	c := startCollector(t, "prometheus:"+filepath.Join(other.directory, "prometheus.yml"))
	require.NoError(t, harness.Until(deadline(t), "both have scraped everything", func(context.Context) error {
		return bothScraped(one.targets, other.targets)
	}))

	one.reload(t, string(content))
	other.reload(t, string(others))
	require.NoError(t, errors.Join(prometheus.Signal(syscall.SIGHUP), c.Signal(syscall.SIGHUP)))
	require.NoError(t, c.Until(deadline(t), "the reload is of the receiver alone", func(context.Context) error {
		if !strings.Contains(c.Output.String(), "Partial receiver reload completed successfully") {
			return errors.New("not reloaded yet")
		}
		return nil
	}))
	var end time.Time
	require.NoError(t, harness.Until(deadline(t), "series are stale", func(context.Context) error {
		end = time.Now()
		return errors.Join(one.marked(t, end), other.marked(t, end))
	}))
	recordings := [2]*recording{one.until(t, end), other.until(t, end)}
	found := differences(recordings[0], recordings[1])
	assert.Empty(t, found, strings.Join(found, "\n"))
	for name, values := range recordings[1].series {
		stale := strings.Contains(name, `job="targets"`) && strings.Contains(name, "TARGET_B") ||
			strings.Contains(name, `job="rules"`) && strings.Contains(name, "go_goroutines") || strings.Contains(name, "leaving")
		assert.Equal(t, stale, values[len(values)-1] == "stale", "%s: %q", name, values)
	}
	t.Logf("%d series, %d samples, %d differ", len(recordings[1].series), recordings[1].samples, len(found))
	assert.NotContains(t, c.Output.String(), "restart service")
}

// record is what arrived up to a time.
func (p *pair) record(t *testing.T, end time.Time) *recording {
	t.Helper()
	r, err := record(p.endpoints[0].Received(), p.targets.name, p.targets.began, end)
	require.NoError(t, err)
	return r
}

// marked is nil when what the reload drops has been marked stale: the last series of a target, and the series of the rule.
func (p *pair) marked(t *testing.T, end time.Time) error {
	t.Helper()
	left := map[string]string{`__name__="up"`: `job="targets"`, `__name__="go_goroutines"`: `job="rules"`}
	for name, values := range p.record(t, end).series {
		for series, job := range left {
			if strings.Contains(name, series) && strings.Contains(name, job) && values[len(values)-1] == "stale" {
				delete(left, series)
			}
		}
	}
	if len(left) > 0 {
		return fmt.Errorf("not stale yet: %v", left)
	}
	return nil
}

// until is what arrived up to a time, when everything has.
func (p *pair) until(t *testing.T, end time.Time) (r *recording) {
	t.Helper()
	require.NoError(t, harness.Until(deadline(t), "everything has arrived", func(context.Context) error {
		if r = p.record(t, end); r.last.Before(end.Add(2 * time.Second)) {
			return fmt.Errorf("the last sample is of %v", r.last)
		}
		return nil
	}))
	return r
}
