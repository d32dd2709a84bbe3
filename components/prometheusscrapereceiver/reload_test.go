package prometheusscrapereceiver

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/scrape"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver/receiverhelper"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/internal/configreload"
)

// of are the points of a name and a job.
func (r *recorded) of(name, job string) (found []pmetric.NumberDataPoint) {
	for _, point := range r.points(name) {
		if of, _ := point.Attributes().Get("job"); of.Str() == job {
			found = append(found, point)
		}
	}
	return found
}

// markers counts staleness markers by name, job and instance. Those of series that the job of the new rule keeps are left out:
// Prometheus writes them when a scrape after the reload takes longer than a tenth of the interval, which is short here.
func (r *recorded) markers() map[string]int {
	r.mu.Lock()
	var names []string
	for _, m := range r.metrics {
		names = append(names, m.Name())
	}
	r.mu.Unlock()
	slices.Sort(names)
	found := map[string]int{}
	for _, name := range slices.Compact(names) {
		for _, point := range r.points(name) {
			job, _ := point.Attributes().Get("job")
			if point.ValueType() == pmetric.NumberDataPointValueTypeEmpty && (job.Str() != "rules" || name == "two") {
				instance, _ := point.Attributes().Get("instance")
				found[name+" "+job.Str()+" "+instance.Str()]++
			}
		}
	}
	return found
}

// reference is a scrape manager that Prometheus reloads: by ApplyConfig, and with the targets of each job.
type reference struct {
	t       *testing.T
	manager *scrape.Manager
	targets chan map[string][]*targetgroup.Group
}

func newReference(t *testing.T, got *recorded) *reference {
	t.Helper()
	set := receivertest.NewNopSettings(componentType)
	next, err := newConsumer(got.consume)
	require.NoError(t, err)
	watch, err := receiverhelper.NewObsReport(receiverhelper.ObsReportSettings{ReceiverID: set.ID, ReceiverCreateSettings: set})
	require.NoError(t, err)
	to := newSink(newTable(labels.EmptyLabels()), false, newOutlet(next, watch, &telemetry{}, zap.NewNop()))
	r := &reference{t: t, targets: make(chan map[string][]*targetgroup.Group)}
	r.manager, err = scrape.NewManager(&scrape.Options{DiscoveryReloadOnStartup: true}, slog.New(slog.DiscardHandler), nil, nil, to, prometheus.NewRegistry())
	require.NoError(t, err)
	go func() { _ = r.manager.Run(r.targets) }()
	t.Cleanup(r.manager.Stop)
	return r
}

func (r *reference) apply(config map[string]any, targets map[string][]string) {
	r.t.Helper()
	loaded, err := (&Config{Prometheus: PrometheusConfig{config}}).load()
	require.NoError(r.t, err)
	require.NoError(r.t, r.manager.ApplyConfig(loaded))
	sets := map[string][]*targetgroup.Group{}
	for job, addresses := range targets {
		group := &targetgroup.Group{Source: "0"}
		for _, address := range addresses {
			group.Targets = append(group.Targets, model.LabelSet{model.AddressLabel: model.LabelValue(address)})
		}
		sets[job] = []*targetgroup.Group{group}
	}
	r.targets <- sets
}

// A target that is removed from a job, and series that a new rule drops, are marked stale as Prometheus does; a job that is
// removed whole is not. The targets of the first job are in a file: Prometheus begins the scrapes of a job anew that changes
// itself, and marks nothing of a target that it removes before it has scraped it again.
func TestAReloadMarksWhatPrometheusMarks(t *testing.T) {
	reloading(t)
	kept, removed := newMetrics(t), newMetrics(t)
	path := filepath.Join(t.TempDir(), "targets.json")
	inFile := job("targets", map[string]any{"static_configs": nil, "file_sd_configs": []any{map[string]any{"files": []any{path}}}})
	before := jobs(inFile, job("rules", nil, kept.address()), job("gone", nil, removed.address()))
	after := jobs(inFile, job("rules", withoutTwo, kept.address()))
	var got, want recorded
	both := func(condition func(*recorded) bool) func() bool {
		return func() bool { return condition(&got) && condition(&want) }
	}
	write(t, path, fmt.Sprintf(`[{"targets": [%q, %q]}]`, kept.address(), removed.address()))
	prometheus := newReference(t, &want)
	prometheus.apply(before, map[string][]string{"targets": {kept.address(), removed.address()}, "rules": {kept.address()}, "gone": {removed.address()}})
	r := successor(t, idOf(t), before, got.consume)
	eventually(t, "all is scraped", both(func(r *recorded) bool {
		return len(r.of("two", "targets")) >= 4 && len(r.of("two", "rules")) >= 2 && len(r.of("two", "gone")) >= 2
	}))
	prometheus.apply(after, map[string][]string{"targets": {kept.address()}, "rules": {kept.address()}})
	require.NoError(t, r.Shutdown(t.Context()))
	write(t, path+".next", fmt.Sprintf(`[{"targets": [%q]}]`, kept.address()))
	require.NoError(t, os.Rename(path+".next", path))
	successor(t, idOf(t), after, got.consume)

	expected := map[string]int{"two rules " + kept.address(): 1}
	for _, name := range []string{"c_total", "one", "two", "up", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_samples_post_metric_relabeling", "scrape_series_added"} {
		expected[name+" targets "+removed.address()] = 1
	}
	eventually(t, "series are stale", both(func(r *recorded) bool { return len(r.markers()) >= len(expected) }))
	scrapes := kept.scrapes.Load()
	eventually(t, "scraping goes on", func() bool { return kept.scrapes.Load() > scrapes+20 })
	assert.Equal(t, expected, want.markers())
	assert.Equal(t, expected, got.markers())
}

// Jobs that do not change go on as if nothing were: no scrape is missed, nothing is new, and an exemplar is not sent again.
func TestAReloadLeavesAloneWhatDoesNotChange(t *testing.T) {
	reloading(t)
	target := newMetrics(t)
	same := job("same", map[string]any{"scrape_interval": "1s"}, target.address())
	var before, after recorded
	r := successor(t, idOf(t), jobs(same, job("other", nil, target.address())), before.consume)
	eventually(t, "all is scraped", func() bool { return len(before.of("one", "same")) >= 3 && len(before.of("one", "other")) >= 3 })
	require.NoError(t, r.Shutdown(t.Context()))
	arrived := len(before.points("up"))
	r = successor(t, idOf(t), jobs(same, job("other", withoutTwo, target.address())), after.consume)
	eventually(t, "all is scraped again", func() bool { return len(after.of("one", "same")) >= 3 && len(after.of("one", "other")) >= 5 })
	configreload.Collector.End()
	require.NoError(t, r.Shutdown(t.Context()))
	assert.Len(t, before.points("up"), arrived, "nothing is handed to a pipeline that has stopped")

	samples := append(before.of("one", "same"), after.of("one", "same")...)
	for i := 1; i < len(samples); i++ {
		gap := samples[i].Timestamp().AsTime().Sub(samples[i-1].Timestamp().AsTime())
		assert.Less(t, gap, 1800*time.Millisecond, "sample %d of %d, the reload is after %d", i, len(samples), len(before.of("one", "same")))
	}
	for _, point := range after.of("scrape_series_added", "same") {
		assert.Zero(t, point.DoubleValue())
	}
	for _, job := range []string{"same", "other"} {
		sent := 0
		for _, point := range append(before.of("c_total", job), after.of("c_total", job)...) {
			sent += point.Exemplars().Len()
		}
		assert.Equal(t, 1, sent, "exemplars of %s", job)
	}
}
