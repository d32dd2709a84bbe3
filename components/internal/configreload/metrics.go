package configreload

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

const scopeName = "github.com/msp-collector/msp-collector/components/prometheusconfigprovider"

// Report exposes the count as metrics until the returned function is called. It does nothing in a process without a configuration
// that can be reloaded, or while another component reports.
func (c *Count) Report(provider metric.MeterProvider) (stop func() error, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.state.Known || c.reported {
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
		state := c.State()
		o.ObserveInt64(reloads, state.Accepted, metric.WithAttributes(attribute.String("result", "taken")))
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
