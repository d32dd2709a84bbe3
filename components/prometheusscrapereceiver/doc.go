// Package prometheusscrapereceiver scrapes as Prometheus does, with Prometheus's own discovery and scrape managers, and keeps
// every series as it was exposed: see components/internal/verbatim for how, and README.md for the configuration.
package prometheusscrapereceiver
