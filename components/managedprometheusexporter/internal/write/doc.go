// Package write makes remote write requests out of the items of the write-ahead log.
//
// Labels, exemplars and native histograms lie in a record as remote write 1.0 has them, so that 1.0 copies their bytes and
// 2.0 translates labels into references to the table of symbols. Each sample is a TimeSeries of its own, as Prometheus
// sends it, and values keep their bits: a negative zero, which prompb would leave out, and the stale marker included.
//
// Exemplars without a sample are a TimeSeries of their own, as Prometheus sends them. In remote write 2.0 Prometheus's receiver
// refuses such a series, so that delivery sends them by 1.0 in any case.
//
// What is copied is checked first, field by field: one malformed sample would make the endpoint refuse the whole request.
// Exemplars are expected with their fields in order of number, as every protobuf encoder writes them.
package write
