package accesskeyauthextension

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

const (
	scopeName    = "github.com/msp-collector/msp-collector/extension/accesskeyauthextension"
	metricPrefix = "otelcol_extension_accesskey_auth_"
)

// clientTelemetry counts what happens on the sending side. Every series has the attribute
// `extension`, the component id, and none has an AccessKey ID.
type clientTelemetry struct {
	self         metric.MeasurementOption
	id           attribute.KeyValue
	rotations    metric.Int64Counter
	failures     metric.Int64Counter
	refusals     metric.Int64Counter
	registration metric.Registration
}

func idAttribute(id component.ID) attribute.KeyValue {
	return attribute.String("extension", id.String())
}

func newClientTelemetry(set extension.Settings, a *accessKeyAuth) (*clientTelemetry, error) {
	meter := set.MeterProvider.Meter(scopeName)
	t := &clientTelemetry{id: idAttribute(set.ID)}
	t.self = metric.WithAttributeSet(attribute.NewSet(t.id))

	var errs [8]error
	t.rotations, errs[0] = meter.Int64Counter(metricPrefix+"rotations",
		metric.WithUnit("{rotation}"), metric.WithDescription("Times a different AccessKey pair was loaded."))
	t.failures, errs[1] = meter.Int64Counter(metricPrefix+"source_failures",
		metric.WithUnit("{failure}"), metric.WithDescription("Readings of the source that failed, by reason: missing, permission, timeout, unreachable, invalid."))
	t.refusals, errs[2] = meter.Int64Counter(metricPrefix+"refused_requests",
		metric.WithUnit("{request}"), metric.WithDescription("Requests whose pair was turned down, with 401 or, but for quotas, 403; replayed ones included."))
	age, err := meter.Float64ObservableGauge(metricPrefix+"pair_age",
		metric.WithUnit("s"), metric.WithDescription("Age of the pair in use: since KMS made it or its file was written, otherwise since it was loaded."))
	errs[3] = err
	expiry, err := meter.Float64ObservableGauge(metricPrefix+"pair_expiry",
		metric.WithUnit("s"), metric.WithDescription("Unix time at which the temporary pair in use ends; absent for a permanent one."))
	errs[4] = err
	read, err := meter.Float64ObservableGauge(metricPrefix+"source_last_read",
		metric.WithUnit("s"), metric.WithDescription("Unix time at which the source was last read with success."))
	errs[5] = err
	places, err := meter.Int64ObservableGauge(metricPrefix+"destinations",
		metric.WithUnit("{destination}"), metric.WithDescription("Destinations that are written to, by state: accepted, fallback (the new pair is refused, the previous one in use), refused, unknown, missing (the pair has ended)."))
	errs[6] = err
	t.rotations.Add(context.Background(), 0, t.self) // a counter that is there from the start shows its first increase
	t.refusals.Add(context.Background(), 0, t.self)
	for _, reason := range failureReasons {
		t.failures.Add(context.Background(), 0, metric.WithAttributes(t.id, attribute.String("reason", reason)))
	}
	t.registration, errs[7] = meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		if cred := a.current.Load(); cred != nil {
			o.ObserveFloat64(age, time.Since(cred.since).Seconds(), t.self)
			if !cred.pair.Expiry.IsZero() {
				o.ObserveFloat64(expiry, unixSeconds(cred.pair.Expiry), t.self)
			}
		}
		if at := a.lastRead(); !at.IsZero() {
			o.ObserveFloat64(read, unixSeconds(at), t.self)
		}
		for state, n := range a.destinations.count(a.current.Load()) {
			o.ObserveInt64(places, n, metric.WithAttributes(t.id, attribute.String("state", outcome(state).String())))
		}
		return nil
	}, age, expiry, read, places)
	return t, errors.Join(errs[:]...)
}

func (a *accessKeyAuth) countRefused() {
	a.telemetry.refusals.Add(context.Background(), 1, a.telemetry.self)
}

func unixSeconds(at time.Time) float64 { return float64(at.UnixMilli()) / 1e3 }

func (t *clientTelemetry) failed(err error) {
	t.failures.Add(context.Background(), 1, metric.WithAttributes(t.id, attribute.String("reason", failureReason(err))))
}

var failureReasons = []string{"missing", "permission", "timeout", "unreachable", "invalid"}

// failureReason asks for errors of the network first where they are also of another kind: a firewall
// denies permission, too.
func failureReason(err error) string {
	var network *net.OpError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "missing"
	case errors.As(err, &network) && !network.Timeout():
		return "unreachable"
	case errors.As(err, &network):
		return "timeout"
	case errors.Is(err, fs.ErrPermission):
		return "permission"
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	default:
		return "invalid"
	}
}
