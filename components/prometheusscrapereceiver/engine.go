package prometheusscrapereceiver

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/scrape"
	"github.com/prometheus/prometheus/util/logging"
	"go.uber.org/zap"
)

// A series is forgotten when it was not scraped for seriesLifetime times sweepEvery, and for intervalsKept intervals of the
// slowest job.
const (
	sweepEvery     = 5 * time.Minute
	seriesLifetime = 4
	intervalsKept  = 3
)

// stopWithin is how long running scrapes hold a stop. Prometheus stops its jobs one after another, so a few whose targets hang
// would hold it for minutes.
const stopWithin = 15 * time.Second

// engine is what scrapes. It outlives a receiver over a reload, since Prometheus's scraping goes on over its reloads: only so are
// the series marked stale that a new configuration drops, and the others not counted, described and begun anew.
type engine struct {
	kind      kind
	table     *table
	sink      *sink
	logs      *logTarget
	scraping  *scrape.Manager
	discovery *discovery.Manager
	lifetime  atomic.Uint32 // of series, in sweeps

	cancel  context.CancelFunc
	running sync.WaitGroup
}

// kind is what an engine cannot change.
type kind struct {
	startTimestamps, seriesMetadata, packed bool
	external                                string
}

func kindOf(c *Config, loaded *config.Config, packed bool) kind {
	return kind{c.StartTimestamps, c.SeriesMetadata, packed, loaded.GlobalConfig.ExternalLabels.String()}
}

// newEngine begins to discover and to scrape.
func newEngine(kind kind, loaded *config.Config, to *outlet) (*engine, error) {
	e := &engine{kind: kind, table: newTable(loaded.GlobalConfig.ExternalLabels), logs: &logTarget{}}
	e.sink = newSink(e.table, kind.packed, to)
	e.logs.set(to.logger)
	logger := e.logs.slog()
	registry := prometheus.NewRegistry() // Prometheus's own metrics of these parts have no place among the collector's
	var err error
	e.scraping, err = scrape.NewManager(&scrape.Options{
		AppendMetadata:           kind.seriesMetadata,
		ParseST:                  kind.startTimestamps,
		DiscoveryReloadOnStartup: true,
	}, logger, logging.NewJSONFileLogger, nil, e.sink, registry)
	if err != nil {
		return nil, err
	}
	metrics, err := discovery.CreateAndRegisterSDMetrics(registry)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	e.cancel = cancel
	// Prometheus waits 5 s before it looks at what was discovered first: that would be 5 s without scrapes at each start. The
	// scrape manager looks no more often than every 5 s still.
	if e.discovery = discovery.NewManager(ctx, logger, registry, metrics, discovery.Updatert(settleTime/5)); e.discovery == nil {
		cancel()
		return nil, errors.New("service discovery cannot be started: the log says why")
	}
	if err := e.apply(loaded); err != nil {
		cancel()
		return nil, err
	}
	e.run(ctx)
	return e, nil
}

// run runs the parts. They return when the context ends, with no other error.
func (e *engine) run(ctx context.Context) {
	e.running.Go(func() { _ = e.discovery.Run() })
	e.running.Go(func() { _ = e.scraping.Run(settle(ctx, e.discovery.SyncCh())) })
	e.running.Go(func() { e.sweep(ctx) })
}

// adopt goes on with another configuration, into another pipeline. The pipeline comes first: jobs that change wait for their
// running scrapes, which wait for it.
func (e *engine) adopt(loaded *config.Config, to *outlet) error {
	e.logs.set(to.logger)
	e.sink.attach(to)
	return e.apply(loaded)
}

// apply is Prometheus's reload, in Prometheus's order.
func (e *engine) apply(loaded *config.Config) error {
	jobs, err := loaded.GetScrapeConfigs()
	if err != nil {
		return fmt.Errorf("config: %s", withoutValues(err))
	}
	sources, longest := map[string]discovery.Configs{}, time.Duration(0)
	for _, job := range jobs {
		sources[job.JobName] = job.ServiceDiscoveryConfigs
		longest = max(longest, time.Duration(job.ScrapeInterval))
	}
	e.lifetime.Store(lifetimeFor(longest))
	if err := e.scraping.ApplyConfig(loaded); err != nil {
		return fmt.Errorf("config: %s", withoutValues(err))
	}
	if err := e.discovery.ApplyConfig(sources); err != nil {
		return fmt.Errorf("config: %s", withoutValues(err))
	}
	return nil
}

// stop lets running scrapes end and no new one begin, and returns when nothing reaches the pipeline any more. Scrapes that run
// for longer than stopWithin are lost. It writes no staleness markers, as Prometheus does not.
func (e *engine) stop(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, stopWithin)
	defer cancel()
	select {
	case <-e.end():
	case <-ctx.Done():
		e.logs.current.Load().Warn("targets that do not answer are not waited for any longer", zap.Error(ctx.Err()))
	}
	e.sink.detach()
	e.sink.close()
}

// discard ends an engine that is detached. It does not wait: what its scrapes still bring is lost.
func (e *engine) discard() {
	e.sink.close()
	e.end()
}

func (e *engine) end() (ended <-chan struct{}) {
	done := make(chan struct{})
	e.cancel()
	go func() {
		defer close(done)
		e.scraping.Stop()
		e.running.Wait()
	}()
	return done
}

func (e *engine) sweep(ctx context.Context) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			e.table.sweep(e.lifetime.Load())
		}
	}
}

// lifetimeFor is how many sweeps a series lives without a scrape.
func lifetimeFor(longest time.Duration) uint32 {
	sweeps := (intervalsKept*longest + sweepEvery - 1) / sweepEvery
	return uint32(max(seriesLifetime, sweeps)) //nolint:gosec // an interval that this would not hold is longer than a life
}
