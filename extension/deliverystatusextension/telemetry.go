package deliverystatusextension

import (
	"context"
	"errors"

	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/otel/metric"
)

const (
	scopeName    = "github.com/msp-collector/msp-collector/extension/deliverystatusextension"
	metricPrefix = "otelcol_extension_delivery_status_"
)

// register exposes what came of looking for delivered samples, until the returned function is called.
func (v *verifier) register(set extension.Settings) (end func() error, err error) {
	meter := set.MeterProvider.Meter(scopeName)
	verified, err1 := meter.Int64ObservableGauge(metricPrefix+"arrival_verified",
		metric.WithDescription("1 while delivered samples can be queried at the destination, 0 while they cannot; absent until the first was looked for."))
	delay, err2 := meter.Float64ObservableGauge(metricPrefix+"arrival_delay", metric.WithUnit("s"),
		metric.WithDescription("From when a sample was taken until a query found it at the destination, of the last one looked for."))
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	registration, err := meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		switch result := v.last(); result.State {
		case arrivalArrived:
			o.ObserveInt64(verified, 1)
			o.ObserveFloat64(delay, float64(result.Delay))
		case arrivalFailed:
			o.ObserveInt64(verified, 0)
		}
		return nil
	}, verified, delay)
	if err != nil {
		return nil, err
	}
	return registration.Unregister, nil
}
