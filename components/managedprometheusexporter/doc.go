// Package managedprometheusexporter delivers metrics by Prometheus remote write: each series in order, nothing lost between
// ConsumeMetrics and the endpoint, names and labels as they came. See README.md for its configuration and docs/delivery.md
// for what it guarantees.
package managedprometheusexporter
