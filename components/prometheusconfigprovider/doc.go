// Package prometheusconfigprovider is the confmap provider `prometheus:`. It reads a prometheus.yml and hands the collector
// what does the same: prometheus_scrape, and for each remote_write an accesskey_auth and a managed_prometheus. See README.md.
package prometheusconfigprovider
