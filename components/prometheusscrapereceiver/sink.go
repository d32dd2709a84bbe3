package prometheusscrapereceiver

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/prometheus/prometheus/storage"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver/receiverhelper"
	"go.uber.org/zap"
)

// sink is where scrapes go: it makes an appender for each, and hands what it collected to the pipeline.
type sink struct {
	table     *table
	next      consumer.Metrics
	observer  *receiverhelper.ObsReport
	telemetry *telemetry
	logger    *zap.Logger
	appenders sync.Pool
	refusing  atomic.Bool // whether the pipeline refused the last scrape
}

var _ storage.AppendableV2 = (*sink)(nil)

func newSink(t *table, packed bool, next consumer.Metrics, observer *receiverhelper.ObsReport, telemetry *telemetry, logger *zap.Logger) *sink {
	s := &sink{table: t, next: next, observer: observer, telemetry: telemetry, logger: logger}
	s.appenders.New = func() any { return &appender{to: s, writer: newWriter(packed)} }
	return s
}

// AppenderV2 returns an appender for a scrape.
func (s *sink) AppenderV2(context.Context) storage.AppenderV2 {
	return s.appenders.Get().(*appender)
}

// consume hands samples to the pipeline and tells whether it took them. A scrape that it refuses is lost: the next one brings
// newer samples, and Prometheus does not keep them either.
func (s *sink) consume(ctx context.Context, md pmetric.Metrics, samples int) bool {
	ctx = s.observer.StartMetricsOp(ctx)
	err := s.next.ConsumeMetrics(ctx, md)
	s.observer.EndMetricsOp(ctx, "prometheus", samples, err)
	if err == nil {
		s.telemetry.took(samples)
		if s.refusing.Load() && s.refusing.Swap(false) {
			s.logger.Info("the pipeline takes scrapes again")
		}
		return true
	}
	reason := reasonUnavailable
	if consumererror.IsPermanent(err) {
		reason = reasonPermanent
	}
	s.telemetry.refuse(reason, samples)
	if !s.refusing.Swap(true) {
		s.logger.Warn("the pipeline refuses scrapes: their samples are lost until it takes them again", zap.Error(err))
	}
	return false
}
