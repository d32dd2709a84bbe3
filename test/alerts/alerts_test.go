package alerts

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/msp-collector/msp-collector/test/harness"
)

// TestScene makes everything go wrong once, and looks at what people would be told.
func TestScene(t *testing.T) {
	s := startScene(t)
	s.startDropin(t)
	s.startWatch(t)
	s.worsen(t)
	t.Run("every alert fires", s.everyAlertFires)
	t.Run("the metrics are documented", s.metricsAreDocumented)
	t.Run("the dashboard shows metrics that are there", s.dashboardIsTrue)
}

func repository(t *testing.T, elements ...string) string {
	t.Helper()
	root, err := harness.Root()
	require.NoError(t, err)
	return filepath.Join(append([]string{root}, elements...)...)
}

func rulesFile(t *testing.T) string {
	return repository(t, "distribution", "alerts", "msp-collector.rules.yaml")
}

// The rules are good, and fire when and only when their unit tests say so.
func TestPromtool(t *testing.T) {
	promtool, err := harness.Binary("promtool")
	require.NoError(t, err)
	for _, arguments := range [][]string{
		{"check", "rules", "--lint=all", "--lint-fatal", rulesFile(t)},
		{"test", "rules", repository(t, "distribution", "alerts", "msp-collector.rules.test.yaml")},
	} {
		output, err := exec.CommandContext(deadline(t), promtool, arguments...).CombinedOutput()
		require.NoError(t, err, string(output))
	}
}

// Each alert has a section in docs/operations.md, and its link leads there.
func TestRunbooks(t *testing.T) {
	text, err := os.ReadFile(repository(t, "docs", "operations.md"))
	require.NoError(t, err)
	rules := readRules(t)
	for _, r := range rules {
		require.Contains(t, string(text), "\n### "+r.Alert+"\n")
		require.True(t, strings.HasSuffix(r.Annotations["runbook_url"], "/docs/operations.md#"+strings.ToLower(r.Alert)), r.Alert)
		require.NotEmpty(t, r.Labels["severity"], r.Alert)
	}
	require.Len(t, rules, strings.Count(string(text), "\n### MSPCollector"), "no section without its alert")
}

type rule struct {
	Alert       string            `yaml:"alert"`
	Expr        string            `yaml:"expr"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

func readRules(t *testing.T) []rule {
	t.Helper()
	content, err := os.ReadFile(rulesFile(t))
	require.NoError(t, err)
	var file struct {
		Groups []struct {
			Rules []rule `yaml:"rules"`
		} `yaml:"groups"`
	}
	require.NoError(t, yaml.Unmarshal(content, &file))
	require.Len(t, file.Groups, 1)
	return file.Groups[0].Rules
}

var waits = regexp.MustCompile(`(?m)^ +for: .*\n`)

// startWatch starts a real Prometheus that scrapes the scene and evaluates the rules, without the time they wait.
func (s *scene) startWatch(t *testing.T) {
	t.Helper()
	content, err := os.ReadFile(rulesFile(t))
	require.NoError(t, err)
	directory := t.TempDir()
	impatient := filepath.Join(directory, "rules.yaml")
	require.NoError(t, os.WriteFile(impatient, waits.ReplaceAll(content, nil), 0o600))
	s.watch, err = harness.StartPrometheus(deadline(t), harness.PrometheusSettings{
		Directory: directory, Users: []harness.AccessKey{harness.NewAccessKey()},
		Config: fmt.Sprintf(`global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [%q]
scrape_configs:
  - {job_name: msp-collector, static_configs: [{targets: [%q, %q]}]}
`, impatient, hostOf(s.collector.MetricsURL), hostOf(s.dropinURL)),
	})
	require.NoError(t, err)
	stopAtEnd(t, "Prometheus", s.watch.Process)
	require.NoError(t, s.watch.Until(deadline(t), "both are scraped", func(ctx context.Context) error {
		up, err := s.watch.Query(ctx, "up == 1")
		if err == nil && len(up) < 2 {
			err = fmt.Errorf("%d are", len(up))
		}
		return err
	}))
}

// everyAlertFires waits until each has fired.
func (s *scene) everyAlertFires(t *testing.T) {
	const afterDeath = "MSPCollectorSilent"
	fired := map[string]string{}
	wait := func(want []string) {
		require.NoError(t, harness.Until(deadline(t), "the alerts fire", func(ctx context.Context) error {
			if err := noteFiring(ctx, s.watch, fired); err != nil {
				return err
			}
			for _, name := range want {
				if fired[name] == "" {
					return fmt.Errorf("%s does not fire; firing so far: %v", name, slices.Sorted(maps.Keys(fired)))
				}
			}
			return nil
		}))
	}
	var names []string
	for _, r := range readRules(t) {
		names = append(names, r.Alert)
	}
	wait(slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == afterDeath }))
	require.Empty(t, fired[afterDeath])
	s.dropin.Stop()
	wait(names)
	for _, name := range names {
		t.Logf("%s: %s", name, fired[name])
	}
}

func hostOf(url string) string {
	return strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/metrics")
}

// noteFiring notes the alerts that fire now, with what they say.
func noteFiring(ctx context.Context, prometheus *harness.Prometheus, fired map[string]string) error {
	page, err := prometheus.Get(ctx, "/api/v1/alerts", nil)
	if err != nil {
		return err
	}
	var answer struct {
		Data struct {
			Alerts []struct {
				Labels      map[string]string `json:"labels"`
				Annotations map[string]string `json:"annotations"`
				State       string            `json:"state"`
			} `json:"alerts"`
		} `json:"data"`
	}
	if err := json.Unmarshal(page, &answer); err != nil {
		return err
	}
	for _, alert := range answer.Data.Alerts {
		if alert.State == "firing" {
			fired[alert.Labels["alertname"]] = alert.Annotations["summary"]
		}
	}
	return nil
}
