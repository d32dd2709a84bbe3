package managedprometheusexporter

import (
	"context"
	"errors"
	"math"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/delivery"
	"github.com/msp-collector/msp-collector/components/status"
)

const (
	scopeName    = "github.com/msp-collector/msp-collector/components/managedprometheusexporter"
	metricPrefix = "otelcol_exporter_managed_prometheus_"
)

// telemetry is the exporter's own metrics, read from the books when they are collected: all of one moment.
type telemetry struct {
	registration metric.Registration
	exporter     metric.MeasurementOption
	id           attribute.KeyValue

	accepted, recovered, delivered, dropped metric.Int64ObservableCounter
	filtered, refused                       metric.Int64ObservableCounter
	lone, exemplars, metadata               metric.Int64ObservableCounter
	requests, bytes                         metric.Int64ObservableCounter
	queued, shards, logSize, logMax         metric.Int64ObservableGauge
	state, trouble                          metric.Int64ObservableGauge
	delay, newest, fullIn                   metric.Float64ObservableGauge
}

func registerTelemetry(provider metric.MeterProvider, id component.ID, queue *delivery.Queue, refused *refusals) (*telemetry, error) {
	t := &telemetry{id: attribute.String("exporter", id.String())}
	t.exporter = metric.WithAttributes(t.id)
	meter := provider.Meter(scopeName)
	var errs []error
	var all []metric.Observable
	counter := func(name, unit, description string) metric.Int64ObservableCounter {
		c, err := meter.Int64ObservableCounter(metricPrefix+name, metric.WithUnit(unit), metric.WithDescription(description))
		errs, all = append(errs, err), append(all, c)
		return c
	}
	gauge := func(name, unit, description string) metric.Int64ObservableGauge {
		g, err := meter.Int64ObservableGauge(metricPrefix+name, metric.WithUnit(unit), metric.WithDescription(description))
		errs, all = append(errs, err), append(all, g)
		return g
	}
	seconds := func(name, description string) metric.Float64ObservableGauge {
		g, err := meter.Float64ObservableGauge(metricPrefix+name, metric.WithUnit("s"), metric.WithDescription(description))
		errs, all = append(errs, err), append(all, g)
		return g
	}
	t.accepted = counter("accepted_samples", "{sample}", "Samples kept in the write-ahead log since start.")
	t.recovered = counter("recovered_samples", "{sample}", "Samples found undelivered in the write-ahead log at start.")
	t.delivered = counter("delivered_samples", "{sample}", "Samples the endpoint has taken.")
	t.dropped = counter("dropped_samples", "{sample}", "Samples dropped, by reason.")
	t.queued = gauge("queued_samples", "{sample}", "Samples in the write-ahead log and on their way; accepted + recovered = delivered + dropped + queued.")
	t.filtered = counter("filtered_samples", "{sample}", "Samples that write_relabel_configs dropped before they were accepted.")
	t.refused = counter("refused_points", "{datapoint}", "Data points that cannot be sent to a Prometheus endpoint, by reason.")
	t.exemplars = counter("delivered_exemplars", "{exemplar}", "Exemplars the endpoint has taken.")
	t.lone = counter("delivered_lone_exemplars", "{series}", "Series of exemplars without a sample among the delivered samples, each counted as one.")
	t.metadata = counter("delivered_metadata", "{family}", "Metric families whose metadata the endpoint has taken, with remote write 1.0.")
	t.requests = counter("requests", "{request}", "Requests with samples that the endpoint has decided on.")
	t.bytes = counter("sent_bytes", "By", "Compressed bytes of these requests.")
	t.shards = gauge("shards", "{shard}", "Shards that send in parallel.")
	t.logSize = gauge("wal_size", "By", "Size of the write-ahead log on disk.")
	t.logMax = gauge("wal_max_size", "By", "Size to which the write-ahead log may grow.")
	t.state = gauge("state", "", "1 for the state of delivery, 0 for the others: delivering, behind, held (blocked), down (retrying).")
	t.trouble = gauge("trouble", "", "1 for the reason why delivery is blocked or retrying; absent while it is neither.")
	t.delay = seconds("delay", "Age of the oldest sample that waits to be sent; 0 when none does.")
	t.newest = seconds("newest_delivered_sample", "Unix time of the newest sample the endpoint has taken; absent before the first.")
	t.fullIn = seconds("wal_full_in", "Time until the write-ahead log is full if it grows on as in the last two minutes; +Inf while it does not grow or delivery is not behind.")
	if err := errors.Join(errs...); err != nil {
		return t, err
	}
	var err error
	t.registration, err = meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		t.observe(o, queue, refused)
		return nil
	}, all...)
	return t, err
}

func (t *telemetry) observe(o metric.Observer, queue *delivery.Queue, refused *refusals) {
	books := queue.Snapshot()
	o.ObserveInt64(t.accepted, int64(books.Accepted), t.exporter)   //nolint:gosec // counts of samples stay below 2^63, here and below
	o.ObserveInt64(t.recovered, int64(books.Recovered), t.exporter) //nolint:gosec // see above
	o.ObserveInt64(t.delivered, int64(books.Delivered), t.exporter) //nolint:gosec // see above
	o.ObserveInt64(t.queued, int64(books.Queued), t.exporter)       //nolint:gosec // see above
	for reason := range delivery.DropRemedies {
		books.Dropped[reason] += 0 // a counter that is there from the start shows its first increase
	}
	t.observeReasons(o, t.dropped, books.Dropped)
	o.ObserveInt64(t.lone, int64(books.Lone), t.exporter)           //nolint:gosec // see above
	o.ObserveInt64(t.exemplars, int64(books.Exemplars), t.exporter) //nolint:gosec // see above
	o.ObserveInt64(t.metadata, int64(books.Metadata), t.exporter)   //nolint:gosec // see above
	filtered, byReason := refused.snapshot()
	o.ObserveInt64(t.filtered, int64(filtered), t.exporter) //nolint:gosec // see above
	t.observeReasons(o, t.refused, byReason)
	requests, bytes := queue.Sent()
	o.ObserveInt64(t.requests, int64(requests), t.exporter) //nolint:gosec // see above
	o.ObserveInt64(t.bytes, int64(bytes), t.exporter)       //nolint:gosec // see above
	o.ObserveInt64(t.shards, int64(queue.Shards()), t.exporter)
	o.ObserveInt64(t.logSize, queue.Bytes(), t.exporter)
	o.ObserveInt64(t.logMax, queue.MaxBytes(), t.exporter)
	fullIn := math.Inf(1)
	if in, ok := queue.FullIn(); ok {
		fullIn = in.Seconds()
	}
	o.ObserveFloat64(t.fullIn, fullIn, t.exporter)
	t.observeHealth(o, queue)
}

func (t *telemetry) observeHealth(o metric.Observer, queue *delivery.Queue) {
	health, delay := queue.Health(), queue.Delay()
	now := stateOf(health, delay)
	for _, state := range status.States {
		o.ObserveInt64(t.state, oneIf(state == now), metric.WithAttributes(t.id, attribute.String("state", string(state))))
	}
	if health.Finding.Reason != "" {
		o.ObserveInt64(t.trouble, 1, metric.WithAttributes(t.id, attribute.String("reason", health.Finding.Reason)))
	}
	o.ObserveFloat64(t.delay, delay.Seconds(), t.exporter)
	if newest := queue.Newest(); !newest.IsZero() {
		o.ObserveFloat64(t.newest, float64(newest.UnixMilli())/1e3, t.exporter)
	}
}

func oneIf(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

func (t *telemetry) observeReasons(o metric.Observer, counter metric.Int64ObservableCounter, counts map[string]uint64) {
	for reason, n := range counts {
		o.ObserveInt64(counter, int64(n), metric.WithAttributes(t.id, attribute.String("reason", reason))) //nolint:gosec // a count
	}
}

func (t *telemetry) unregister() error {
	if t == nil || t.registration == nil {
		return nil
	}
	return t.registration.Unregister()
}
