package prometheusscrapereceiver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/scrape"
	"github.com/prometheus/prometheus/util/logging"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receiverhelper"
	"go.uber.org/zap/exp/zapslog"

	"github.com/msp-collector/msp-collector/components/internal/configreload"
	"github.com/msp-collector/msp-collector/components/internal/garbage"
	"github.com/msp-collector/msp-collector/components/internal/verbatim"
	"github.com/msp-collector/msp-collector/components/status"
)

// A series that was not scraped for sweepEvery times seriesLifetime is forgotten.
const (
	sweepEvery     = 5 * time.Minute
	seriesLifetime = 4
)

// garbagePercent is GOGC while series are packed, which makes little garbage: as much as Prometheus has.
const garbagePercent = 75

// scraper is the receiver.
type scraper struct {
	set       receiver.Settings
	config    *Config
	next      consumer.Metrics
	telemetry telemetry

	cancel  context.CancelFunc
	manager *scrape.Manager
	running sync.WaitGroup

	stopReport func() error // of reloads of a prometheus.yml
	unregister func()       // from who shows it to people
}

func newReceiver(set receiver.Settings, config *Config, next consumer.Metrics) *scraper {
	return &scraper{set: set, config: config, next: next}
}

// Start begins to discover and to scrape.
func (r *scraper) Start(_ context.Context, host component.Host) error {
	loaded, err := r.config.load()
	if err != nil {
		return err
	}
	observer, err := receiverhelper.NewObsReport(receiverhelper.ObsReportSettings{ReceiverID: r.set.ID, Transport: "http", ReceiverCreateSettings: r.set})
	if err != nil {
		return err
	}
	logger := slog.New(zapslog.NewHandler(r.set.Logger.Core()))
	known := newTable(loaded.GlobalConfig.ExternalLabels)
	packed := verbatim.CanPack(host, r.next)
	if packed {
		garbage.Percent(garbagePercent)
	}
	garbage.Limit(r.set.Logger)
	to := newSink(known, packed, r.next, observer, &r.telemetry, r.set.Logger)
	registry := prometheus.NewRegistry() // Prometheus's own metrics of these parts have no place among the collector's
	r.manager, err = scrape.NewManager(&scrape.Options{
		AppendMetadata:           r.config.SeriesMetadata,
		ParseST:                  r.config.StartTimestamps,
		DiscoveryReloadOnStartup: true,
	}, logger, logging.NewJSONFileLogger, nil, to, registry)
	if err != nil {
		return err
	}
	if err := r.manager.ApplyConfig(loaded); err != nil {
		return fmt.Errorf("config: %s", withoutValues(err))
	}
	if err := r.telemetry.register(r.set.MeterProvider, r.set.ID, known, r.manager); err != nil {
		return err
	}
	if r.stopReport, err = configreload.Process.Report(r.set.MeterProvider); err != nil {
		return err
	}
	r.unregister = status.Register(host, r.set.ID, status.Report{Receiver: func() status.Receiver { return r.telemetry.report(r.manager) }})
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	discovered, err := r.discover(ctx, loaded, logger, registry)
	if err != nil {
		cancel()
		return err
	}
	r.run(host, func() error { return r.manager.Run(settle(ctx, discovered)) })
	r.running.Go(func() { sweep(ctx, known) })
	r.running.Go(func() { (&describer{active: r.manager.TargetsActive, next: r.next, logger: r.set.Logger}).run(ctx) })
	return nil
}

// discover starts Prometheus's discovery, and returns where it says which targets there are.
func (r *scraper) discover(ctx context.Context, loaded *config.Config, logger *slog.Logger, registry prometheus.Registerer) (targets, error) {
	metrics, err := discovery.CreateAndRegisterSDMetrics(registry)
	if err != nil {
		return nil, err
	}
	// Prometheus waits 5 s before it looks at what was discovered first: after a reload of the collector, that would be
	// 5 s without scrapes. The scrape manager looks no more often than every 5 s still.
	manager := discovery.NewManager(ctx, logger, registry, metrics, discovery.Updatert(settleTime/5))
	if manager == nil {
		return nil, errors.New("service discovery cannot be started: the log says why")
	}
	jobs, err := loaded.GetScrapeConfigs()
	if err != nil {
		return nil, fmt.Errorf("config: %s", withoutValues(err))
	}
	sources := map[string]discovery.Configs{}
	for _, job := range jobs {
		sources[job.JobName] = job.ServiceDiscoveryConfigs
	}
	if err := manager.ApplyConfig(sources); err != nil {
		return nil, fmt.Errorf("config: %s", withoutValues(err))
	}
	r.running.Go(func() { _ = manager.Run() }) // it returns when the context ends, with the context's error
	return manager.SyncCh(), nil
}

// run runs a part of the receiver until it ends; an error ends the collector.
func (r *scraper) run(host component.Host, part func() error) {
	r.running.Go(func() {
		if err := part(); err != nil {
			componentstatus.ReportStatus(host, componentstatus.NewFatalErrorEvent(err))
		}
	})
}

// Shutdown lets running scrapes end, and no new one begin. It writes no staleness markers, as Prometheus does not.
func (r *scraper) Shutdown(context.Context) error {
	if r.cancel == nil {
		return nil
	}
	r.unregister()
	r.cancel()
	r.manager.Stop()
	r.running.Wait()
	r.cancel = nil
	return errors.Join(r.stopReport(), r.telemetry.unregister())
}

func sweep(ctx context.Context, known *table) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			known.sweep(seriesLifetime)
		}
	}
}
