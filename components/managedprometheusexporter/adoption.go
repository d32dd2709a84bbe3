package managedprometheusexporter

import (
	"path/filepath"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pipeline"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/delivery"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/logfolders"
)

// exportersOf returns our exporters of a host, started or not, by id: they alone have write-ahead logs in this collector. It
// returns none of a host that does not show its exporters; then no log is adopted, and none reported. The method is
// deprecated upstream without a replacement, see docs/decisions/0015.
func exportersOf(host component.Host) (all []*metricsExporter) {
	shows, ok := host.(interface {
		GetExporters() map[pipeline.Signal]map[component.ID]component.Component
	})
	if !ok {
		return nil
	}
	for _, exporter := range shows.GetExporters()[pipeline.SignalMetrics] {
		if ours, ok := exporter.(*metricsExporter); ok {
			all = append(all, ours)
		}
	}
	slices.SortFunc(all, func(a, b *metricsExporter) int { return strings.Compare(a.set.ID.String(), b.set.ID.String()) })
	return all
}

// settleLogs makes the logs follow the exporters, before any of them opens its own: the first to start does it for all.
func (e *metricsExporter) settleLogs(running []*metricsExporter) {
	directories := map[string][]*metricsExporter{}
	for _, one := range running {
		directory := one.config.WAL.absolute()
		directories[directory] = append(directories[directory], one)
	}
	for directory, all := range directories {
		destinations := make([]logfolders.Destination, len(all))
		for i, one := range all {
			destinations[i] = logfolders.Destination{Folder: logfolders.Name(one.set.ID), Endpoint: one.config.HTTP.Endpoint}
		}
		adopted, change, err := logfolders.Settle(directory, destinations)
		if err != nil {
			e.set.Logger.Warn("The write-ahead logs cannot be matched with the exporters; the next start tries again", zap.String("directory", directory), zap.Error(err))
		}
		if adopted != nil {
			logAdoption(all, adopted)
		}
		if change.Ambiguous() {
			e.set.Logger.Warn("Several exporters were removed and added at once: no write-ahead log is taken over, because which exporter replaces which is not known",
				zap.Strings("removed", idsOf(change.Disappeared)), zap.Int("added", len(change.Appeared)))
		}
	}
}

// absolute returns the directory as a path that does not depend on the working directory, where that is known.
func (c *WALConfig) absolute() string {
	if path, err := filepath.Abs(c.Directory); err == nil {
		return path
	}
	return filepath.Clean(c.Directory)
}

func idsOf(folders []string) []string {
	ids := make([]string, len(folders))
	for i, folder := range folders {
		ids[i] = logfolders.ID(folder)
	}
	return ids
}

// logAdoption logs that an exporter took over a log, in the name of that exporter.
func logAdoption(running []*metricsExporter, a *logfolders.Adoption) {
	for _, one := range running {
		if logfolders.Name(one.set.ID) == a.To.Folder {
			one.set.Logger.Info("The write-ahead log of an exporter that is no longer configured was taken over: this exporter delivers its samples",
				zap.Uint64("samples", a.From.Samples), zap.String("former_exporter", logfolders.ID(a.From.Name)),
				zap.String("from", withoutQuery(a.From.Endpoint)), zap.String("to", withoutQuery(a.To.Endpoint)))
		}
	}
}

// noteBacklog warns when data that were meant for another endpoint go to this one: they belong to the exporter's id.
func (e *metricsExporter) noteBacklog(directory string, queue *delivery.Queue) {
	before, err := logfolders.ChangeEndpoint(directory, e.config.HTTP.Endpoint)
	if err != nil {
		e.set.Logger.Warn("The endpoint cannot be written down beside the write-ahead log", zap.Error(err))
		return
	}
	if waiting := queue.Snapshot().Recovered; waiting > 0 && before != "" && before != e.config.HTTP.Endpoint {
		e.set.Logger.Warn("The endpoint has changed: the samples that the former endpoint did not accept are delivered to the new one",
			zap.String("before", withoutQuery(before)), zap.String("endpoint", withoutQuery(e.config.HTTP.Endpoint)), zap.Uint64("samples", waiting))
	}
}
