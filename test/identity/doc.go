// Package identity proves the contract of the verbatim path: what the collector sends of a target is what Prometheus would
// have sent of it. A real Prometheus and the built collector scrape the same targets by the same scrape_configs, text for
// text, and what both write by remote write, 1.0 and 2.0, is compared: labels, values to the last bit, timestamps, kinds,
// exemplars, metadata, staleness markers, created timestamps and native histograms field by field.
//
// A target is a fixture: a file of testdata/fixtures, or protobuf made by the test, that is served scrape by scrape to each
// scraper in its turn. Real ones are a node_exporter and the Prometheus itself.
//
// The collector scrapes in both ways that it has: with packed series, and, behind a processor that changes data, with
// series as OpenTelemetry data.
//
// Prometheus has what the collector always has behind feature flags: exemplar-storage, without which it has no exemplars,
// and metadata-wal-records, without which it has no metadata to send by 2.0. In one of the two runs it has st-storage as
// well, to which the receiver's start_timestamps is the counterpart, and the receiver has series_metadata. Native histograms are scraped because the configuration
// of both says so.
//
// The two scrape at different moments. A sample without a timestamp of its own thus stands at the n-th scrape of its
// target, which the target's series up counts; timestamps that a target exposes are compared as they are. They lie between
// the start of the scrapers and the first scrape, or ahead: Prometheus sends nothing that is older than its start.
//
// The gateway is proven likewise: a real Prometheus scrapes the fixtures, and sends the same directly and through the gateway.
package identity
