package prometheusscrapereceiver

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/prometheus/storage"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver/receiverhelper"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/internal/burst"
)

// sink is where scrapes go: it makes an appender for each, and hands what it collected to the pipeline. Over a reload it lets go
// of one pipeline and takes the next; whoever calls detach, attach and close owns the engine, and is alone.
type sink struct {
	table     *table
	appenders sync.Pool

	mu     sync.RWMutex // held for reading while the pipeline has a scrape, and for writing while there is no pipeline
	outlet *outlet      // nil when no pipeline will come
}

var _ storage.AppendableV2 = (*sink)(nil)

func newSink(t *table, packed bool, to *outlet) *sink {
	s := &sink{table: t, outlet: to}
	s.appenders.New = func() any { return &appender{to: s, writer: newWriter(packed)} }
	return s
}

// AppenderV2 returns an appender for a scrape.
func (s *sink) AppenderV2(context.Context) storage.AppenderV2 {
	return s.appenders.Get().(*appender)
}

// detach returns when the pipeline has no scrape any more. Those that end after that wait until attach or close.
func (s *sink) detach() { s.mu.Lock() }

// attach hands scrapes to a pipeline, those first that waited since detach.
func (s *sink) attach(to *outlet) {
	s.outlet = to
	s.mu.Unlock()
}

// close lets scrapes go that waited since detach, and all that follow: they are lost.
func (s *sink) close() { s.attach(nil) }

// outlet is the pipeline behind a receiver, with the receiver's own accounts of it.
type outlet struct {
	next      consumer.Metrics
	observer  *receiverhelper.ObsReport
	telemetry *telemetry
	logger    *zap.Logger
	refusing  atomic.Bool      // whether the pipeline refused the last scrape
	lost      burst.Log[error] // samples that it refused, by reason
}

func newOutlet(next consumer.Metrics, observer *receiverhelper.ObsReport, t *telemetry, logger *zap.Logger) *outlet {
	return &outlet{next: next, observer: observer, telemetry: t, logger: logger, lost: burst.Log[error]{
		Every: time.Minute, Report: func(reason string, samples uint64, err error) {
			logger.Warn("The pipeline refused scrapes, and their samples are lost", zap.String("reason", reason), zap.Uint64("samples", samples), zap.Error(err))
		},
	}}
}

// close logs what was held back. No scrape may follow.
func (o *outlet) close() { o.lost.Close() }

// consume hands samples to the pipeline and reports whether it accepted them. A scrape that it refuses is lost: the next one
// brings newer samples, and Prometheus does not keep them either. The log has every lost sample in the end.
func (o *outlet) consume(ctx context.Context, md pmetric.Metrics, samples int) bool {
	ctx = o.observer.StartMetricsOp(ctx)
	err := o.next.ConsumeMetrics(ctx, md)
	o.observer.EndMetricsOp(ctx, "prometheus", samples, err)
	if err == nil {
		o.telemetry.took(samples)
		if o.refusing.Load() && o.refusing.Swap(false) {
			o.logger.Info("The pipeline accepts scrapes again")
		}
		return true
	}
	reason := reasonUnavailable
	if consumererror.IsPermanent(err) {
		reason = reasonPermanent
	}
	o.telemetry.refuse(reason, samples)
	o.refusing.Store(true)
	o.lost.Add(reasonNames[reason], uint64(samples), err) //nolint:gosec // a count
	return false
}
