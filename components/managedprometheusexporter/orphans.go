package managedprometheusexporter

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/delivery"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/logfolders"
	"github.com/msp-collector/msp-collector/components/status"
)

// usedDirectories are those that exporters of this process have had: a reload that changes wal::directory leaves logs behind.
var usedDirectories sync.Map

// orphans are the logs that belonged to no exporter when the exporters were started. One exporter reports them for all. It is safe for
// concurrent use.
type orphans struct {
	directories  []string
	found        []logfolders.Folder // may have been delivered or deleted since
	registration metric.Registration
}

// reportsOrphans reports whether this is the exporter that reports orphaned logs for all that run.
func (e *metricsExporter) reportsOrphans(running []*metricsExporter) bool {
	return len(running) > 0 && running[0] == e
}

// findOrphans looks for orphaned logs, logs each once, and exposes how many samples are in them.
func findOrphans(set exporter.Settings, running []*metricsExporter) (*orphans, error) {
	o := &orphans{directories: logDirectories(running)}
	for _, directory := range o.directories {
		found, err := logfolders.Orphans(directory, foldersIn(directory, running))
		if err != nil && !errors.Is(err, os.ErrPermission) { // another user's logs are not ours
			set.Logger.Warn("Whether the write-ahead log directory holds logs of no exporter cannot be seen", zap.String("directory", directory), zap.Error(err))
		}
		for i := range found {
			f := &found[i]
			set.Logger.Warn("A write-ahead log belongs to no exporter: its samples are not delivered",
				zap.String("folder", f.Path()), zap.Uint64("samples", f.Samples), zap.Int64("bytes", f.Bytes),
				zap.String("endpoint", withoutQuery(f.Endpoint)), zap.String("remedy", remedyFor(f)), zap.NamedError("problem", f.Err))
		}
		o.found = append(o.found, found...)
	}
	return o, o.register(set.MeterProvider)
}

// remedyFor returns what somebody can do about an orphaned log.
func remedyFor(f *logfolders.Folder) string {
	return fmt.Sprintf("deliver it with `msp-collector wal deliver %[1]s EXPORTER`, or delete it with `msp-collector wal delete %[1]s`", f.Path())
}

// logDirectories returns every directory in which logs of this collector may be: those of its exporters, now and before a
// reload, and the default one.
func logDirectories(running []*metricsExporter) (all []string) {
	for _, one := range running {
		usedDirectories.Store(one.config.WAL.absolute(), true)
	}
	usedDirectories.Range(func(directory, _ any) bool {
		all = append(all, directory.(string))
		return true
	})
	all = append(all, standardDirectories()...)
	slices.Sort(all)
	return slices.Compact(all)
}

// standardDirectories are where logs are unless a configuration says otherwise.
func standardDirectories() []string {
	all := []string{defaultDirectory}
	for _, state := range filepath.SplitList(os.Getenv("STATE_DIRECTORY")) {
		all = append(all, filepath.Join(state, "wal"))
	}
	return all
}

func foldersIn(directory string, running []*metricsExporter) (folders []string) {
	for _, one := range running {
		if one.config.WAL.absolute() == directory {
			folders = append(folders, logfolders.Name(one.set.ID))
		}
	}
	return folders
}

// now returns those that are still there.
func (o *orphans) now() (left []logfolders.Folder) {
	for _, f := range o.found {
		if delivery.IsLog(f.Path()) {
			left = append(left, f)
		}
	}
	return left
}

// shown returns them as the status page shows them.
func (o *orphans) shown() []status.OrphanedLog {
	all := []status.OrphanedLog{}
	for _, f := range o.now() {
		one := status.OrphanedLog{
			Folder: f.Path(), Exporter: logfolders.ID(f.Name), Endpoint: withoutQuery(f.Endpoint),
			Samples: f.Samples, Bytes: f.Bytes, Remedy: remedyFor(&f),
		}
		if f.Err != nil {
			one.Problem = f.Err.Error()
		}
		all = append(all, one)
	}
	return all
}

func (o *orphans) register(provider metric.MeterProvider) error {
	meter := provider.Meter(scopeName)
	gauge, err := meter.Int64ObservableGauge(metricPrefix+"orphaned_samples", metric.WithUnit("{sample}"),
		metric.WithDescription("Samples in write-ahead logs that belong to no exporter, by wal::directory, as of the last start or reload."))
	if err != nil {
		return err
	}
	o.registration, err = meter.RegisterCallback(func(_ context.Context, observer metric.Observer) error {
		samples := map[string]uint64{}
		for _, f := range o.now() {
			samples[f.Directory] += f.Samples
		}
		for _, directory := range o.directories {
			observer.ObserveInt64(gauge, int64(samples[directory]), metric.WithAttributes(attribute.String("directory", directory))) //nolint:gosec // a count
		}
		return nil
	}, gauge)
	return err
}

// unregister ends what register began. A nil orphans has nothing to end.
func (o *orphans) unregister() error {
	if o == nil || o.registration == nil {
		return nil
	}
	return o.registration.Unregister()
}
