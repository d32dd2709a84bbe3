package prometheusscrapereceiver

import (
	"context"
	"time"

	"github.com/prometheus/prometheus/scrape"
	"go.opentelemetry.io/collector/consumer"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// Families are described every minute, as Prometheus does, and more often in the first one, when they are new to the endpoint.
const (
	describeAtFirst = 10 * time.Second
	describeEvery   = time.Minute
)

// describer tells the pipeline what targets say of their families: those without samples, too, and those of scrapes that
// failed, which no sample brings along.
type describer struct {
	active func() map[string][]*scrape.Target
	next   consumer.Metrics
	logger *zap.Logger
}

func (d *describer) run(ctx context.Context) {
	ticker := time.NewTicker(describeAtFirst)
	defer ticker.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			d.describe(ctx)
		}
		if n == int(describeEvery/describeAtFirst) {
			ticker.Reset(describeEvery)
		}
	}
}

// describe does not say the same twice. What the pipeline does not take is said again a minute later.
func (d *describer) describe(ctx context.Context) {
	var w verbatim.Writer // families are few: they need not be packed
	said := map[scrape.MetricMetadata]struct{}{}
	for _, targets := range d.active() {
		for _, target := range targets {
			for _, m := range target.ListMetadata() {
				if _, known := said[m]; known {
					continue
				}
				said[m] = struct{}{}
				w.Describe(verbatim.Metadata{Type: m.Type, Family: m.MetricFamily, Help: m.Help, Unit: m.Unit})
			}
		}
	}
	if len(said) == 0 {
		return
	}
	if err := d.next.ConsumeMetrics(ctx, w.Take()); err != nil {
		d.logger.Debug("the pipeline does not take what targets say of their families", zap.Error(err))
	}
}
