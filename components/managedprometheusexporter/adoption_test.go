package managedprometheusexporter

import (
	"context"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/msp-collector/msp-collector/components/internal/wal"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/logfolders"
	"github.com/msp-collector/msp-collector/components/status"
)

// service is a host as the collector has it: with all exporters of its pipelines, and an extension that shows what they report.
type service struct {
	t         *testing.T
	logs      *observer.ObservedLogs
	shows     *shower
	telemetry *componenttest.Telemetry
	exporters map[component.ID]component.Component
	started   []*metricsExporter
}

func (s *service) GetExtensions() map[component.ID]component.Component {
	return map[component.ID]component.Component{component.MustNewID("shower"): s.shows}
}

func (s *service) GetExporters() map[pipeline.Signal]map[component.ID]component.Component {
	return map[pipeline.Signal]map[component.ID]component.Component{pipeline.SignalMetrics: s.exporters}
}

// serve makes exporters with these names and configurations, and starts them one after the other.
func serve(t *testing.T, names []string, configs map[string]*Config) *service {
	t.Helper()
	core, logs := observer.New(zapcore.InfoLevel)
	s := &service{
		t: t, logs: logs, shows: &shower{reports: map[component.ID]status.Report{}},
		telemetry: componenttest.NewTelemetry(), exporters: map[component.ID]component.Component{},
	}
	t.Cleanup(func() { require.NoError(t, s.telemetry.Shutdown(context.Background())) })
	for _, name := range names {
		set := exportertest.NewNopSettings(componentType)
		set.ID, set.TelemetrySettings = idOf(name), s.telemetry.NewTelemetrySettings()
		set.Logger = zap.New(core).With(zap.String("id", set.ID.String()))
		e, err := newExporter(set, configs[name])
		require.NoError(t, err)
		s.exporters[set.ID] = e
		s.started = append(s.started, e)
	}
	for _, e := range s.started {
		require.NoError(t, e.Start(t.Context(), s))
	}
	t.Cleanup(s.stop)
	return s
}

func idOf(name string) component.ID { return component.NewIDWithName(componentType, name) }

func (s *service) stop() {
	for _, e := range s.started {
		require.NoError(s.t, e.Shutdown(context.Background()))
	}
	s.started = nil
}

func (s *service) exporter(name string) *metricsExporter {
	return s.exporters[idOf(name)].(*metricsExporter)
}

func (s *service) send(name string, from, to int) {
	for n := from; n < to; n++ {
		require.NoError(s.t, s.exporter(name).ConsumeMetrics(s.t.Context(), gauge(float64(n), time.UnixMilli(int64(n+1)))))
	}
}

// orphaned is what the page shows of orphaned logs, and what the metric has of a directory.
func (s *service) orphaned(directory string) (shown []status.OrphanedLog, samples int64) {
	s.t.Helper()
	for id := range s.exporters {
		if report := s.shows.report(id); report.OrphanedLogs != nil {
			shown = report.OrphanedLogs()
		}
	}
	metric, err := s.telemetry.GetMetric(metricPrefix + "orphaned_samples")
	require.NoError(s.t, err)
	found := false
	for _, point := range pointsOf(s.t, metric) {
		if of, _ := point.Attributes.Value("directory"); of.AsString() == directory {
			samples, found = point.Value, true
		}
	}
	require.True(s.t, found, "the metric is there, also without an orphaned log")
	return shown, samples
}

// values are the values that an endpoint has, in the order in which they came.
func (r *receiver) values() (all []int) {
	for _, series := range r.received() {
		for _, sample := range series.Samples {
			all = append(all, int(sample.Value))
		}
	}
	return all
}

func upTo(n int) (all []int) {
	for i := range n {
		all = append(all, i)
	}
	return all
}

// A wrong URL is corrected, and the exporter's name is a hash of it: what was held arrives, in order and once.
func TestARenamedExporterDeliversWhatTheFormerOneHeld(t *testing.T) {
	for name, order := range map[string][]string{"started first": {"new", "sibling"}, "started last": {"sibling", "new"}} {
		t.Run(name, func(t *testing.T) {
			wrong, right := newReceiver(t), newReceiver(t)
			wrong.answer(http.StatusForbidden)
			held, sibling, corrected := wrong.config(t), right.config(t), right.config(t)
			held.HTTP.Endpoint += "?token=secret"
			corrected.WAL, sibling.WAL = held.WAL, held.WAL
			before := serve(t, []string{"old", "sibling"}, map[string]*Config{"old": held, "sibling": sibling})
			before.send("old", 0, 5)
			require.Eventually(t, func() bool { return before.exporter("old").queue.Load().Health().Held }, time.Minute, time.Millisecond)
			before.send("old", 5, 10)
			before.stop()

			after := serve(t, order, map[string]*Config{"new": corrected, "sibling": sibling})
			after.send("new", 10, 15)
			require.Eventually(t, func() bool { return len(right.values()) >= 15 }, time.Minute, time.Millisecond)
			require.Equal(t, upTo(15), right.values())
			require.EqualValues(t, 10, after.exporter("new").queue.Load().Snapshot().Recovered)

			logged := after.logs.FilterMessageSnippet("was taken over").All()
			require.Len(t, logged, 1)
			fields := logged[0].ContextMap()
			require.Equal(t, map[string]any{
				"id": "managed_prometheus/new", "samples": uint64(10), "former_exporter": "managed_prometheus/old",
				"from": wrong.URL + "/api/v1/write", "to": right.URL + "/api/v1/write",
			}, fields)
			require.Equal(t, zapcore.InfoLevel, logged[0].Level)
			require.Empty(t, after.logs.FilterLevelExact(zapcore.WarnLevel).All())
			shown, samples := after.orphaned(held.WAL.Directory)
			require.Empty(t, shown)
			require.Zero(t, samples)
		})
	}
}

// Two are replaced at once: nothing is adopted, all of it is reported, and the command's way delivers one and deletes the other.
func TestOrphanedLogsAreReportedUntilTheyAreGone(t *testing.T) {
	wrong, right := newReceiver(t), newReceiver(t)
	wrong.answer(http.StatusForbidden)
	held := wrong.config(t)
	directory := held.WAL.Directory
	before := serve(t, []string{"o1", "o2"}, map[string]*Config{"o1": held, "o2": held})
	before.send("o1", 0, 5)
	before.send("o2", 100, 107)
	before.stop()

	corrected := right.config(t)
	corrected.WAL = held.WAL
	after := serve(t, []string{"n1", "n2"}, map[string]*Config{"n1": corrected, "n2": corrected})
	ambiguous := after.logs.FilterMessageSnippet("no write-ahead log is taken over").All()
	require.Len(t, ambiguous, 1)
	require.ElementsMatch(t, []any{"managed_prometheus/o1", "managed_prometheus/o2"}, ambiguous[0].ContextMap()["removed"])
	require.Len(t, after.logs.FilterMessageSnippet("belongs to no exporter").All(), 2, "each once, not once per exporter")
	shown, samples := after.orphaned(directory)
	require.EqualValues(t, 12, samples)
	require.Len(t, shown, 2)
	require.Equal(t, "managed_prometheus/o1", shown[0].Exporter)
	require.Equal(t, filepath.Join(directory, "managed_prometheus@o1"), shown[0].Folder)
	require.Equal(t, wrong.URL+"/api/v1/write", shown[0].Endpoint)
	require.EqualValues(t, 5, shown[0].Samples)
	require.Contains(t, shown[0].Remedy, "wal deliver "+shown[0].Folder+" EXPORTER")

	_, _, err := logfolders.Hand(shown[0].Folder, "managed_prometheus/n1")
	require.NoError(t, err)
	_, err = logfolders.Delete(shown[1].Folder)
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(right.values()) >= 5 }, time.Minute, time.Millisecond)
	require.ElementsMatch(t, upTo(5), right.values())
	require.Eventually(t, func() bool { return after.logs.FilterMessageSnippet("its folder was deleted").Len() == 1 }, time.Minute, time.Millisecond)
	left, err := logfolders.Scan(directory)
	require.NoError(t, err)
	require.Len(t, left, 2, "those of the exporters")
	shown, samples = after.orphaned(directory)
	require.Empty(t, shown)
	require.Zero(t, samples)
}

// What was handed over is shown and counted on its own, stays over a stop, and is delivered before its folder is deleted.
func TestALogThatWasHandedOverSurvivesAStop(t *testing.T) {
	endpoint := newReceiver(t)
	endpoint.answer(http.StatusForbidden)
	config := endpoint.config(t)
	before := serve(t, []string{"old"}, map[string]*Config{"old": config})
	before.send("old", 0, 5)
	before.stop()
	serve(t, []string{"x", "y"}, map[string]*Config{"x": config, "y": config}).stop()

	_, target, err := logfolders.Hand(filepath.Join(config.WAL.Directory, "managed_prometheus@old"), "managed_prometheus/x")
	require.NoError(t, err)
	for range 2 {
		s := serve(t, []string{"x", "y"}, map[string]*Config{"x": config, "y": config})
		handed := func() *status.Destination {
			report := s.shows.report(idOf("x,old"))
			if report.Destination == nil {
				return nil
			}
			d := report.Destination()
			return &d
		}
		require.Eventually(t, func() bool { d := handed(); return d != nil && d.State == status.Held }, time.Minute, time.Millisecond)
		require.EqualValues(t, 5, handed().Recovered)
		require.EqualValues(t, 5, handed().Queued)
		require.Equal(t, target, handed().WAL.Directory)
		s.stop()
		require.Nil(t, handed())
	}
	endpoint.answer(http.StatusNoContent)
	serve(t, []string{"x", "y"}, map[string]*Config{"x": config, "y": config})
	require.Eventually(t, func() bool { return len(endpoint.values()) >= 5 }, time.Minute, time.Millisecond)
	require.Eventually(t, func() bool { return !wal.Holds(target) }, time.Minute, time.Millisecond)
	require.Equal(t, upTo(5), endpoint.values())
}

func TestAHostThatDoesNotShowItsExportersAdoptsNothing(t *testing.T) {
	endpoint := newReceiver(t)
	endpoint.answer(http.StatusForbidden)
	config := endpoint.config(t)
	before := serve(t, []string{"old"}, map[string]*Config{"old": config})
	before.send("old", 0, 5)
	before.stop()
	e, logs := started(t, idOf("new"), config)
	require.Zero(t, e.queue.Load().Snapshot().Recovered)
	require.Empty(t, logs.All())
}

// A reload that moves wal::directory leaves the log behind.
func TestALogInAFormerDirectoryIsReported(t *testing.T) {
	endpoint := newReceiver(t)
	endpoint.answer(http.StatusForbidden)
	here, there := endpoint.config(t), endpoint.config(t)
	before := serve(t, []string{"x"}, map[string]*Config{"x": here})
	before.send("x", 0, 5)
	before.stop()
	after := serve(t, []string{"x"}, map[string]*Config{"x": there})
	shown, samples := after.orphaned(here.WAL.Directory)
	require.EqualValues(t, 5, samples)
	require.Len(t, shown, 1)
	require.Equal(t, filepath.Join(here.WAL.Directory, "managed_prometheus@x"), shown[0].Folder)
}

func pointsOf(t *testing.T, m metricdata.Metrics) []metricdata.DataPoint[int64] {
	t.Helper()
	gauge, ok := m.Data.(metricdata.Gauge[int64])
	require.True(t, ok)
	return gauge.DataPoints
}
