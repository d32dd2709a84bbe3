package harness

import (
	"context"
	"fmt"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// The metrics that an exporter keeps its books in. Whether counters end in _total is a setting of the collector's
// telemetry reader, without_type_suffix; where the shipped configurations write a reader down, they do not.
const (
	acceptedMetric  = "otelcol_exporter_managed_prometheus_accepted_samples"
	recoveredMetric = "otelcol_exporter_managed_prometheus_recovered_samples"
	deliveredMetric = "otelcol_exporter_managed_prometheus_delivered_samples"
	droppedMetric   = "otelcol_exporter_managed_prometheus_dropped_samples"
	queuedMetric    = "otelcol_exporter_managed_prometheus_queued_samples"

	exporterLabel = "exporter"
	reasonLabel   = "reason"
)

// DefaultExporter is the exporter that the shipped configurations have.
const DefaultExporter = "managed_prometheus"

// Books are an exporter's account of its samples since it was started.
type Books struct {
	Accepted  uint64
	Recovered uint64
	Delivered uint64
	Queued    uint64
	Dropped   map[string]uint64 // by reason; those that are 0 are left out
}

// Books reads the books of an exporter off the collector's own metrics page.
func (c *Collector) Books(ctx context.Context, exporter string) (Books, error) {
	page, err := Fetch(ctx, c.MetricsURL)
	if err != nil {
		return Books{}, err
	}
	return ParseBooks(page, exporter)
}

// Settled waits until an exporter has nothing queued, and returns its books, which then balance.
func (c *Collector) Settled(ctx context.Context, exporter string) (books Books, err error) {
	err = c.Until(ctx, "nothing is queued", func(ctx context.Context) error {
		var err error
		if books, err = c.Books(ctx, exporter); err == nil && books.Queued > 0 {
			err = fmt.Errorf("queued: %s", books)
		}
		return err
	})
	if err != nil {
		return books, err
	}
	return books, books.Balanced()
}

// ParseBooks reads the books of an exporter out of a text exposition.
func ParseBooks(page, exporter string) (Books, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(page))
	if err != nil {
		return Books{}, fmt.Errorf("parse the collector's metrics: %w", err)
	}
	books := Books{Dropped: map[string]uint64{}}
	for name, entry := range map[string]*uint64{
		acceptedMetric: &books.Accepted, recoveredMetric: &books.Recovered, deliveredMetric: &books.Delivered, queuedMetric: &books.Queued,
	} {
		metrics := metricsOf(families, name, exporter)
		if len(metrics) != 1 {
			return Books{}, fmt.Errorf("%s has %d series of exporter %q instead of one", name, len(metrics), exporter)
		}
		*entry = count(metrics[0])
	}
	for _, metric := range metricsOf(families, droppedMetric, exporter) {
		if n := count(metric); n > 0 {
			books.Dropped[label(metric, reasonLabel)] += n
		}
	}
	return books, nil
}

// DroppedInAll is the sum over all reasons.
func (b Books) DroppedInAll() (sum uint64) {
	for _, n := range b.Dropped {
		sum += n
	}
	return sum
}

// Balanced says whether every sample is accounted for.
func (b Books) Balanced() error {
	in, out := b.Accepted+b.Recovered, b.Delivered+b.DroppedInAll()+b.Queued
	if in != out {
		return fmt.Errorf("the books are off by %d: %s", int64(in-out), b)
	}
	return nil
}

func (b Books) String() string {
	return fmt.Sprintf("accepted %d + recovered %d, delivered %d + dropped %d %v + queued %d",
		b.Accepted, b.Recovered, b.Delivered, b.DroppedInAll(), b.Dropped, b.Queued)
}

func metricsOf(families map[string]*dto.MetricFamily, name, exporter string) (found []*dto.Metric) {
	for _, metric := range append(families[name].GetMetric(), families[name+"_total"].GetMetric()...) {
		if label(metric, exporterLabel) == exporter {
			found = append(found, metric)
		}
	}
	return found
}

func label(metric *dto.Metric, name string) string {
	for _, pair := range metric.Label {
		if pair.GetName() == name {
			return pair.GetValue()
		}
	}
	return ""
}

// count is a metric's value; a sample counts whole.
func count(metric *dto.Metric) uint64 {
	return uint64(metric.GetCounter().GetValue() + metric.GetGauge().GetValue() + metric.GetUntyped().GetValue())
}
