// Package configreload is what a confmap provider tells components of reloads. It counts them: a provider does the reloading but
// is given no meter, and a component that has one reports the count. And it tells a reload from the end of the collector, which
// components see as the same call of Shutdown. Both belong to one process, and so does what they share.
package configreload

import (
	"context"
	"errors"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

const scopeName = "github.com/msp-collector/msp-collector/components/prometheusconfigprovider"

// Count is how often a configuration was taken and refused. It is safe for concurrent use.
type Count struct {
	mu             sync.Mutex
	known          bool // there is a configuration that can be reloaded
	taken, refused int64
	failed         bool // the last one was refused
	reported       bool // somebody reports it
}

// Process is the count of this process.
var Process Count

// Took counts a configuration that was taken.
func (c *Count) Took() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known, c.failed = true, false
	c.taken++
}

// Refused counts one that was refused, while the one before stays in use.
func (c *Count) Refused() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known, c.failed = true, true
	c.refused++
}

// Restored says that what is in use is what there is again: a refused change was undone.
func (c *Count) Restored() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed = false
}

// Report exposes the count until the returned function is called. It does nothing in a process without a configuration that
// can be reloaded, or while another component reports.
func (c *Count) Report(provider metric.MeterProvider) (stop func() error, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.known || c.reported {
		return func() error { return nil }, nil
	}
	meter := provider.Meter(scopeName)
	reloads, err1 := meter.Int64ObservableCounter("otelcol_provider_prometheus_reloads", metric.WithUnit("{reload}"),
		metric.WithDescription("Configurations read from a prometheus.yml, by result: taken, or refused, which leaves the one before in use."))
	successful, err2 := meter.Int64ObservableGauge("otelcol_provider_prometheus_last_reload_successful",
		metric.WithDescription("1 while the configuration in use is that of the prometheus.yml, 0 while the file is refused."))
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	registration, err := meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		o.ObserveInt64(reloads, c.taken, metric.WithAttributes(attribute.String("result", "taken")))
		o.ObserveInt64(reloads, c.refused, metric.WithAttributes(attribute.String("result", "refused")))
		last := int64(1)
		if c.failed {
			last = 0
		}
		o.ObserveInt64(successful, last)
		return nil
	}, reloads, successful)
	if err != nil {
		return nil, err
	}
	c.reported = true
	return func() error {
		err := registration.Unregister()
		c.mu.Lock()
		defer c.mu.Unlock()
		c.reported = false
		return err
	}, nil
}
