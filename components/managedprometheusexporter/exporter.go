package managedprometheusexporter

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/internal/garbage"
	"github.com/msp-collector/msp-collector/components/internal/wal"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/delivery"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/encode"
	"github.com/msp-collector/msp-collector/components/status"
)

var _ exporter.Metrics = (*metricsExporter)(nil)

// metricsExporter is one `managed_prometheus`.
type metricsExporter struct {
	set     exporter.Settings
	config  *Config
	encoder *encode.Encoder
	refused *refusals

	queue      atomic.Pointer[delivery.Queue] // while it runs
	telemetry  *telemetry
	unregister func() // from who shows it to people
	watching   *watching

	handed  *handedLogs // delivered beside its own
	orphans *orphans    // nil unless this exporter reports them
}

var errNotRunning = errors.New("the exporter is not running")

func newExporter(set exporter.Settings, config *Config) (*metricsExporter, error) {
	settings, err := config.encodeSettings()
	if err != nil {
		return nil, err
	}
	e := &metricsExporter{set: set, config: config, refused: newRefusals(set.Logger)}
	settings.CustomBuckets = e.speaksV2
	if e.encoder, err = encode.New(settings); err != nil {
		return nil, err
	}
	return e, nil
}

// speaksV2 tells whether delivery uses remote write 2.0: with an endpoint that does not take it, it goes over to 1.0.
func (e *metricsExporter) speaksV2() bool {
	queue := e.queue.Load()
	return queue != nil && queue.Protocol() == "2.0"
}

// Capabilities tell the pipeline that data are only read.
func (*metricsExporter) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

// Start opens the write-ahead log, takes up what an earlier run left in it, and begins to deliver.
func (e *metricsExporter) Start(ctx context.Context, host component.Host) error {
	garbage.Limit(e.set.Logger)
	if doubt := endpointDoubt(e.config.HTTP.Endpoint); doubt != "" {
		e.set.Logger.Warn("Remote write URL may be incomplete", zap.String("doubt", doubt))
	}
	running := exportersOf(host)
	e.settleLogs(running)
	settings, err := e.deliverySettings(ctx, host)
	if err != nil {
		e.watching.stop()
		return err
	}
	queue, err := delivery.Open(settings)
	if err != nil {
		e.watching.stop()
		return fmt.Errorf("wal::directory: %w", err)
	}
	e.noteBacklog(settings.Log.Directory, queue)
	e.queue.Store(queue)
	report := status.Report{Destination: e.reporter(host, queue)}
	var orphansErr error
	if e.reportsOrphans(running) {
		e.orphans, orphansErr = findOrphans(e.set, running)
		report.OrphanedLogs = e.orphans.shown
	}
	e.unregister = status.Register(host, e.set.ID, report)
	e.handed = e.deliverHanded(host, settings)
	e.telemetry, err = registerTelemetry(e.set.MeterProvider, e.set.ID, queue, e.refused)
	return errors.Join(err, orphansErr)
}

// Shutdown delivers what can be delivered at once; the rest stays in the log for the next start.
func (e *metricsExporter) Shutdown(ctx context.Context) error {
	queue := e.queue.Swap(nil)
	if queue == nil {
		return nil
	}
	e.unregister()
	defer e.refused.close()
	var handed sync.WaitGroup
	handed.Go(func() { e.handed.stop(ctx) })
	err := queue.Shutdown(ctx)
	handed.Wait()
	e.watching.stop()
	return errors.Join(err, e.telemetry.unregister(), e.orphans.unregister())
}

// ConsumeMetrics returns when every sample is in the write-ahead log. An error means that none is, and that the sender may
// try again unless the error is permanent.
func (e *metricsExporter) ConsumeMetrics(_ context.Context, md pmetric.Metrics) error {
	queue := e.queue.Load()
	if queue == nil {
		return errNotRunning
	}
	batch := e.encoder.Encode(md)
	defer batch.Release()
	if err := queue.Append(batch.Payloads); err != nil {
		if errors.Is(err, wal.ErrTooLarge) {
			return consumererror.NewPermanent(fmt.Errorf("raise wal::max_size, or send less at once: %w", err))
		}
		return fmt.Errorf("nothing of this request was kept, it can be sent again: %w", err)
	}
	batch.Kept()
	queue.Describe(batch.Metadata)
	e.refused.add(batch)
	return nil
}

// report tells the collector whether delivery works, as component status.
func (e *metricsExporter) report(host component.Host) func(error) {
	return func(err error) {
		if err == nil {
			componentstatus.ReportStatus(host, componentstatus.NewEvent(componentstatus.StatusOK))
			return
		}
		componentstatus.ReportStatus(host, componentstatus.NewRecoverableErrorEvent(err))
	}
}
