// Package encode turns pdata into records of the write-ahead log: what the series are called, which labels they have, and
// what never becomes a sample.
//
// Three kinds of metrics come, told apart one by one: those of the verbatim convention are taken as they are; those that
// contrib's Prometheus receiver made (they have prometheus.type in their metadata) are turned back into the series that
// were scraped, as far as that is possible; all others are translated as the OpenTelemetry specification for Prometheus
// compatibility says and Prometheus's own OTLP endpoint does.
package encode
