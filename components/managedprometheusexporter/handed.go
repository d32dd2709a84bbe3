package managedprometheusexporter

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/internal/wal"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/delivery"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/logfolders"
	"github.com/msp-collector/msp-collector/components/status"
)

// handedEvery is how often an exporter looks for logs that were handed to it, and whether one is delivered.
const handedEvery = 2 * time.Second

// handedLogs are logs that were handed to an exporter. Each is delivered by a queue of its own beside that of the exporter, with the
// same settings, and is shown and counted as a destination of its own; when it is empty, its folder is deleted.
type handedLogs struct {
	e        *metricsExporter
	host     component.Host
	settings delivery.Settings

	running  map[string]*handedLog // by path
	reported map[string]bool       // paths that cannot be opened
	ending   chan struct{}
	ended    sync.WaitGroup
}

// handedLog is one of them.
type handedLog struct {
	path       string
	queue      *delivery.Queue
	telemetry  *telemetry
	unregister func()
}

// deliverHanded delivers what was and will be handed to the exporter, until stop is called.
func (e *metricsExporter) deliverHanded(host component.Host, settings delivery.Settings) *handedLogs {
	h := &handedLogs{e: e, host: host, settings: settings, running: map[string]*handedLog{}, reported: map[string]bool{}, ending: make(chan struct{})}
	h.settings.Status = func(error) {} // the exporter's own queue reports for the component
	h.settings.MetadataInterval = 0    // only new samples bring metadata
	h.ended.Go(h.run)
	return h
}

func (h *handedLogs) run() {
	ticker := time.NewTicker(handedEvery)
	defer ticker.Stop()
	for {
		h.look()
		select {
		case <-ticker.C:
		case <-h.ending:
			return
		}
	}
}

// look opens what is new, and ends what is delivered.
func (h *handedLogs) look() {
	for path, one := range h.running {
		if one.queue.Snapshot().Queued == 0 {
			h.finish(path, one)
		}
	}
	directory, own := filepath.Split(h.e.ownLog())
	paths, err := logfolders.HandedTo(directory, own)
	if err != nil {
		h.report(directory, err)
	}
	for _, path := range paths {
		if h.running[path] == nil {
			h.begin(path)
		}
	}
}

func (h *handedLogs) begin(path string) {
	name := strings.TrimPrefix(logfolders.ID(filepath.Base(path)), componentType.String()+"/")
	id := component.NewIDWithName(componentType, name)
	settings := h.settings
	settings.Log.Directory = path
	settings.Logger = h.e.set.Logger.With(zap.String("handed_over", id.String()))
	from := logfolders.Inspect(filepath.Split(path))
	settings.Log.MaxSize = max(settings.Log.MaxSize, from.Bytes)
	queue, err := delivery.Open(settings)
	if err != nil {
		if !errors.Is(err, wal.ErrLocked) { // whoever hands it over is not done
			h.report(path, err)
		}
		return
	}
	one := &handedLog{path: path, queue: queue}
	one.unregister = status.Register(h.host, id, status.Report{Destination: h.e.reporter(h.host, queue)})
	one.telemetry, err = registerTelemetry(h.e.set.MeterProvider, id, queue, newRefusals(zap.NewNop()))
	if err != nil {
		h.report(path, err)
	}
	h.running[path] = one
	settings.Logger.Info("A write-ahead log was handed to this exporter, which delivers it beside its own",
		zap.Uint64("samples", queue.Snapshot().Recovered), zap.String("from", withoutQuery(from.Endpoint)), zap.String("to", withoutQuery(h.e.config.HTTP.Endpoint)))
}

// finish ends a log that is empty, and deletes it.
func (h *handedLogs) finish(path string, one *handedLog) {
	counts := one.queue.Snapshot()
	delete(h.running, path)
	err := one.end(context.Background()) // nothing is in flight
	if err == nil {
		var left delivery.Backlog
		if left, err = delivery.BacklogOf(path); err == nil && left.Samples == 0 {
			err = wal.Remove(path)
		}
	}
	if err != nil {
		h.report(path, err)
		return
	}
	var dropped uint64
	for _, samples := range counts.Dropped {
		dropped += samples
	}
	h.e.set.Logger.Info("A write-ahead log that was handed to this exporter is empty, and its folder was deleted",
		zap.String("folder", path), zap.Uint64("delivered", counts.Delivered), zap.Uint64("dropped", dropped))
}

// report logs once per path what cannot be done with it.
func (h *handedLogs) report(path string, err error) {
	if !h.reported[path] {
		h.reported[path] = true
		h.e.set.Logger.Warn("A write-ahead log that was handed to this exporter cannot be delivered or deleted; this is tried again", zap.String("path", path), zap.Error(err))
	}
}

// stop ends the delivery of all; what is not delivered stays for the next start. A nil handedLogs has none.
func (h *handedLogs) stop(ctx context.Context) {
	if h == nil {
		return
	}
	close(h.ending)
	h.ended.Wait()
	for path, one := range h.running {
		h.ended.Go(func() {
			if err := one.end(ctx); err != nil {
				h.e.set.Logger.Warn("A write-ahead log that was handed to this exporter was not closed properly", zap.String("path", path), zap.Error(err))
			}
		})
	}
	h.ended.Wait()
}

func (l *handedLog) end(ctx context.Context) error {
	l.unregister()
	return errors.Join(l.queue.Shutdown(ctx), l.telemetry.unregister())
}
