// Package verbatim is the convention by which series of Prometheus travel through the collector unchanged. OpenTelemetry's
// data model has no place for some of them, so our Prometheus receivers write (Writer), and our exporter reads, this inside
// ordinary pdata:
//
//   - A metric holds series of one name, which is the metric's. Mostly it is a Gauge. A name has further metrics where
//     their metadata differ, or floats and histograms follow each other; then the metrics stand in the order of the samples.
//   - Every label but the name, so job, instance, le and quantile too, is a string attribute of the data point. There are no
//     resource attributes and no scope. An empty value is no label, and labels HistogramAttribute and ExemplarsAttribute are not possible.
//   - Metric.Metadata has MarkerKey and TypeKey, Prometheus's name of the family's type, and FamilyKey where the family's name
//     is not the metric's; help and unit are the metric's description and unit, as they were exposed. A family without samples
//     is a metric without points.
//   - Values are doubles, to the last bit, those of a NaN included. A staleness marker is NoRecordedValue and no value.
//   - Times are milliseconds made nanoseconds, signed (so that times before 1970 are possible); StartTimestamp is the created
//     timestamp, and 0 when unknown.
//   - An exemplar has all its labels as filtered attributes, trace_id and span_id included; TraceID and SpanID are not set.
//   - Exemplars of a series that come without a sample are a point of a Gauge of unknown type with NoRecordedValue, no value and
//     the attribute ExemplarsAttribute, which is true and no label. The timestamp is that of the newest exemplar. An exporter that
//     does not know the convention sees the staleness marker of a series that has no sample: it changes no other series.
//   - A native histogram is a point of an ExponentialHistogram when it can be made of that again without a difference: integer
//     counts, unknown counter reset, a schema from MinSchema to MaxSchema, buckets laid out as MaxGap says and not too far
//     apart. Its staleness marker is NoRecordedValue.
//   - All other ones (float, gauge, with a known counter reset, with custom buckets) are points of a Gauge, without a value,
//     whose attribute HistogramAttribute holds the fields of a remote write Histogram message as bytes, but for the timestamp,
//     which is the point's. Its staleness marker is inside the bytes.
//   - Several samples of a series stand in their order.
//
// Processors that work on names and data point attributes work on it; exporters that do not know it see gauges. The marker is
// not a secret: whoever may send OTLP may use it.
package verbatim
