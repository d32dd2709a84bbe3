package prometheusscrapereceiver

import (
	"context"
	"errors"
	"sync"

	"github.com/prometheus/prometheus/config"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receiverhelper"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/internal/configreload"
	"github.com/msp-collector/msp-collector/components/internal/garbage"
	"github.com/msp-collector/msp-collector/components/internal/verbatim"
	"github.com/msp-collector/msp-collector/components/status"
)

// garbagePercent is GOGC while series are packed, which makes little garbage: as much as Prometheus has.
const garbagePercent = 75

// scraper is the receiver. What scrapes is its engine, which it may have from a receiver before it, and leave to one after it.
type scraper struct {
	set       receiver.Settings
	config    *Config
	next      consumer.Metrics
	telemetry telemetry
	engine    *engine // nil while it does not run
	outlet    *outlet // of the pipeline, once started

	cancel  context.CancelFunc
	running sync.WaitGroup

	stopReport func() error // of reloads of a prometheus.yml
	unregister func()       // from who shows it to people
}

func newReceiver(set receiver.Settings, config *Config, next consumer.Metrics) *scraper {
	return &scraper{
		set: set, config: config, next: next,
		cancel: func() {}, stopReport: func() error { return nil }, unregister: func() {},
	}
}

// Start begins to discover and to scrape, or goes on with what the receiver before it did.
func (r *scraper) Start(_ context.Context, host component.Host) error {
	loaded, err := r.config.load()
	if err != nil {
		return err
	}
	observer, err := receiverhelper.NewObsReport(receiverhelper.ObsReportSettings{ReceiverID: r.set.ID, Transport: "http", ReceiverCreateSettings: r.set})
	if err != nil {
		return err
	}
	packed := verbatim.CanPack(host, r.next)
	if packed {
		garbage.Percent(garbagePercent)
	}
	garbage.Limit(r.set.Logger)
	r.outlet = newOutlet(r.next, observer, &r.telemetry, r.set.Logger)
	if r.engine, err = r.engineFor(kindOf(r.config, loaded, packed), loaded, r.outlet); err != nil {
		return err
	}
	if err := r.telemetry.register(r.set.MeterProvider, r.set.ID, r.engine.table, r.engine.scraping); err != nil {
		return err
	}
	stopReport, err := configreload.Process.Report(r.set.MeterProvider)
	if err != nil {
		return err
	}
	r.stopReport = stopReport
	targets := r.engine.scraping
	r.unregister = status.Register(host, r.set.ID, status.Report{Receiver: func() status.Receiver { return r.telemetry.report(targets) }})
	var ctx context.Context
	ctx, r.cancel = context.WithCancel(context.Background())
	r.running.Go(func() { (&describer{active: targets.TargetsActive, next: r.next, logger: r.set.Logger}).run(ctx) })
	return nil
}

// engineFor takes the engine of the receiver before, if there was one and the engine can go on, or else makes one.
func (r *scraper) engineFor(kind kind, loaded *config.Config, to *outlet) (*engine, error) {
	e := reloads.take(r.set.ID)
	switch {
	case e == nil:
	case e.kind != kind:
		e.discard()
	default:
		err := e.adopt(loaded, to)
		if err == nil {
			return e, nil
		}
		r.set.Logger.Error("scraping does not go on with the new configuration, and begins anew", zap.Error(err))
		e.sink.detach()
		e.discard()
	}
	return newEngine(kind, loaded, to)
}

// Shutdown stops scraping or, during a reload, leaves it to the receiver that comes next. Nothing asks for the targets by then:
// that would wait for those that do not answer.
func (r *scraper) Shutdown(ctx context.Context) error {
	e := r.engine
	if e == nil {
		return nil
	}
	r.engine = nil
	r.unregister()
	err := errors.Join(r.telemetry.unregister(), r.stopReport())
	r.cancel()
	r.running.Wait()
	if configreload.Collector.Lasts() {
		reloads.park(r.set.ID, e)
	} else {
		e.stop(ctx)
	}
	r.outlet.close()
	return err
}
