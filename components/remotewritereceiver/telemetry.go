package remotewritereceiver

import (
	"context"
	"errors"
	"sync/atomic"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

const (
	scopeName    = "github.com/msp-collector/msp-collector/components/remotewritereceiver"
	metricPrefix = "otelcol_receiver_remote_write_"
)

// telemetry is the receiver's own metrics.
type telemetry struct {
	registration metric.Registration

	requests                      byCode
	compressed, decompressed      atomic.Int64
	samples, exemplars, families  atomic.Int64
	handshakes                    handshakes
	refusedSamples, refusedExtras [reasons]atomic.Int64
}

// answered counts a request by its HTTP status.
func (t *telemetry) answered(status int) { t.requests.of(status).Add(1) }

// count counts what a request held.
func (t *telemetry) count(kept written, refused *refusals) {
	t.samples.Add(int64(kept.points()))
	t.exemplars.Add(int64(kept.exemplars))
	t.families.Add(int64(kept.families))
	for reason := range reasons {
		t.refusedSamples[reason].Add(int64(refused.samples[reason]))
		t.refusedExtras[reason].Add(int64(refused.exemplars[reason]))
	}
}

// register exposes the metrics; inFlight tells how many requests are being worked on, and the bytes of them and of those that are read.
func (t *telemetry) register(provider metric.MeterProvider, id component.ID, inFlight func() (requests, bytes int64)) error {
	meter := provider.Meter(scopeName)
	var errs []error
	var all []metric.Observable
	counter := func(name, unit, description string) metric.Int64ObservableCounter {
		c, err := meter.Int64ObservableCounter(metricPrefix+name, metric.WithUnit(unit), metric.WithDescription(description))
		errs, all = append(errs, err), append(all, c)
		return c
	}
	requests := counter("requests", "{request}", "Answered requests by HTTP status.")
	failed := counter("failed_handshakes", "{handshake}", "TLS handshakes that failed, by reason: no_certificate, untrusted_certificate, plain_http, handshake; hung_up are clients that only looked whether the port is open.")
	compressed := counter("received_bytes", "By", "Bytes of requests as they came.")
	decompressed := counter("decompressed_bytes", "By", "Bytes of requests after decompression.")
	samples := counter("accepted_samples", "{sample}", "Samples and native histograms that the pipeline took, staleness markers included.")
	exemplars := counter("accepted_exemplars", "{exemplar}", "Exemplars that the pipeline took.")
	families := counter("accepted_metadata", "{family}", "Metric families that came without samples and whose metadata the pipeline took.")
	refusedSamples := counter("refused_samples", "{sample}", "Samples and native histograms that were not taken, by reason; unavailable ones come again.")
	refusedExemplars := counter("refused_exemplars", "{exemplar}", "Exemplars that were not taken, by reason; unavailable ones come again.")
	gauge := func(name, unit, description string) metric.Int64ObservableGauge {
		g, err := meter.Int64ObservableGauge(metricPrefix+name, metric.WithUnit(unit), metric.WithDescription(description))
		errs, all = append(errs, err), append(all, g)
		return g
	}
	working := gauge("in_flight_requests", "{request}", "Requests that are being worked on.")
	held := gauge("in_flight_bytes", "By", "Bytes of requests that are read or worked on, as max_in_flight_bytes bounds them.")
	if err := errors.Join(errs...); err != nil {
		return err
	}
	receiver := attribute.String("receiver", id.String())
	own := metric.WithAttributes(receiver)
	var err error
	t.registration, err = meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		for i := range t.requests {
			o.ObserveInt64(requests, t.requests[i].Load(), metric.WithAttributes(receiver, attribute.String("code", codeName(i))))
		}
		for reason, kind := range handshakeReasons {
			o.ObserveInt64(failed, t.handshakes.failed[reason].Load(), metric.WithAttributes(receiver, attribute.String("reason", kind.name)))
		}
		o.ObserveInt64(compressed, t.compressed.Load(), own)
		o.ObserveInt64(decompressed, t.decompressed.Load(), own)
		o.ObserveInt64(samples, t.samples.Load(), own)
		o.ObserveInt64(exemplars, t.exemplars.Load(), own)
		o.ObserveInt64(families, t.families.Load(), own)
		for reason, name := range reasonNames {
			because := metric.WithAttributes(receiver, attribute.String("reason", name))
			o.ObserveInt64(refusedSamples, t.refusedSamples[reason].Load(), because)
			o.ObserveInt64(refusedExemplars, t.refusedExtras[reason].Load(), because)
		}
		places, bytes := inFlight()
		o.ObserveInt64(working, places, own)
		o.ObserveInt64(held, bytes, own)
		return nil
	}, all...)
	return err
}

func (t *telemetry) unregister() error {
	if t.registration == nil {
		return nil
	}
	return t.registration.Unregister()
}
