package accesskeyauthextension

import (
	"context"
	"errors"

	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/clients"
)

// registerServerTelemetry exposes the counters of the receiving side until it is unregistered.
func registerServerTelemetry(set extension.Settings, stats func() clients.Stats) (metric.Registration, error) {
	meter := set.MeterProvider.Meter(scopeName)
	id := idAttribute(set.ID)
	requests, err1 := meter.Int64ObservableCounter(metricPrefix+"server_requests",
		metric.WithUnit("{request}"), metric.WithDescription("Judged requests by result: accepted, refused, busy; refused ones by reason: no_credentials, malformed, unknown_id, wrong_secret, no_pairs."))
	pairs, err2 := meter.Int64ObservableGauge(metricPrefix+"server_pairs",
		metric.WithUnit("{pair}"), metric.WithDescription("AccessKey pairs that may send."))
	registration, err3 := meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		s := stats()
		for result, n := range map[string]int64{"accepted": s.Accepted, "busy": s.Busy} {
			o.ObserveInt64(requests, n, metric.WithAttributes(id, attribute.String("result", result)))
		}
		for reason, n := range s.Refused {
			o.ObserveInt64(requests, n, metric.WithAttributes(id,
				attribute.String("result", "refused"), attribute.String("reason", clients.Reason(reason).String())))
		}
		o.ObserveInt64(pairs, int64(s.Pairs), metric.WithAttributes(id))
		return nil
	}, requests, pairs)
	return registration, errors.Join(err1, err2, err3)
}
