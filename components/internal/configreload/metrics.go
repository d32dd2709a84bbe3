package configreload

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

const scopeName = "github.com/msp-collector/msp-collector/components/supervisor"

// Report exposes the count as metrics until the returned function is called. It does nothing in a process without a configuration
// that can be reloaded, or while another component reports.
func (c *Count) Report(provider metric.MeterProvider) (stop func() error, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.state.Known || c.reported {
		return func() error { return nil }, nil
	}
	meter := provider.Meter(scopeName)
	reloads, err1 := meter.Int64ObservableCounter("otelcol_config_reloads", metric.WithUnit("{reload}"),
		metric.WithDescription("Configurations read, by result: accepted, or refused, which leaves the last one that ran in use."))
	successful, err2 := meter.Int64ObservableGauge("otelcol_config_last_reload_successful",
		metric.WithDescription("1 while the configuration in use is the one on disk, 0 while the one on disk is refused."))
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	registration, err := meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		state := c.State()
		o.ObserveInt64(reloads, state.Accepted, metric.WithAttributes(attribute.String("result", "accepted")))
		o.ObserveInt64(reloads, state.Refused, metric.WithAttributes(attribute.String("result", "refused")))
		last := int64(1)
		if state.Failed {
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
