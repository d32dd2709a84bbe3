package prometheusscrapereceiver

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/prometheus/prometheus/scrape"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

const (
	scopeName    = "github.com/msp-collector/msp-collector/components/prometheusscrapereceiver"
	metricPrefix = "otelcol_receiver_prometheus_scrape_"
)

// Why samples did not get into the pipeline.
const (
	reasonOutOfOrder  = iota // older than the last one of its series
	reasonDuplicate          // another value for the same time
	reasonOutOfBounds        // a time or a label that cannot be sent
	reasonUnavailable        // the pipeline cannot take it now: a memory limit, a full log
	reasonPermanent          // the pipeline can never take it
	reasons
)

var reasonNames = [reasons]string{"out_of_order", "duplicate_timestamp", "out_of_bounds", "unavailable", "permanent"}

// telemetry is the receiver's own metrics.
type telemetry struct {
	registration metric.Registration
	accepted     atomic.Int64
	refused      [reasons]atomic.Int64
}

func (t *telemetry) took(samples int) { t.accepted.Add(int64(samples)) }

func (t *telemetry) refuse(reason, samples int) { t.refused[reason].Add(int64(samples)) }

// targetLister is what a scrape manager knows of targets, by job.
type targetLister interface {
	TargetsActive() map[string][]*scrape.Target
	TargetsDropped() map[string][]*scrape.Target
}

// register exposes the metrics. The targets are asked for when they are collected.
func (t *telemetry) register(provider metric.MeterProvider, id component.ID, known *table, targets targetLister) error {
	meter := provider.Meter(scopeName)
	accepted, err1 := meter.Int64ObservableCounter(metricPrefix+"accepted_samples", metric.WithUnit("{sample}"),
		metric.WithDescription("Samples of scrapes that the pipeline took, up and its like and staleness markers included."))
	refused, err2 := meter.Int64ObservableCounter(metricPrefix+"refused_samples", metric.WithUnit("{sample}"),
		metric.WithDescription("Samples of scrapes that were not taken, by reason."))
	active, err3 := meter.Int64ObservableGauge(metricPrefix+"targets", metric.WithUnit("{target}"),
		metric.WithDescription("Targets by job and health: up, down, or unknown before the first scrape."))
	series, err4 := meter.Int64ObservableGauge(metricPrefix+"series", metric.WithUnit("{series}"),
		metric.WithDescription("Series that were scraped of late."))
	dropped, err5 := meter.Int64ObservableGauge(metricPrefix+"dropped_targets", metric.WithUnit("{target}"),
		metric.WithDescription("Targets that discovery found and relabelling dropped, by job, as far as keep_dropped_targets keeps them."))
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return err
	}
	receiver := attribute.String("receiver", id.String())
	var err error
	t.registration, err = meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		o.ObserveInt64(accepted, t.accepted.Load(), metric.WithAttributes(receiver))
		for reason, name := range reasonNames {
			o.ObserveInt64(refused, t.refused[reason].Load(), metric.WithAttributes(receiver, attribute.String("reason", name)))
		}
		o.ObserveInt64(series, int64(known.len()), metric.WithAttributes(receiver))
		for job, all := range targets.TargetsDropped() {
			o.ObserveInt64(dropped, int64(len(all)), metric.WithAttributes(receiver, attribute.String("job", job)))
		}
		for job, all := range targets.TargetsActive() {
			health := map[scrape.TargetHealth]int64{scrape.HealthGood: 0, scrape.HealthBad: 0, scrape.HealthUnknown: 0}
			for _, target := range all {
				health[target.Health()]++
			}
			for name, n := range health {
				o.ObserveInt64(active, n, metric.WithAttributes(receiver, attribute.String("job", job), attribute.String("health", string(name))))
			}
		}
		return nil
	}, accepted, refused, active, dropped, series)
	return err
}

func (t *telemetry) unregister() error {
	if t.registration == nil {
		return nil
	}
	return t.registration.Unregister()
}
