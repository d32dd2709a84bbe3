// Package record encodes samples for the write-ahead log. They are encoded once from pdata, and turned into remote write 1.0 or
// 2.0 requests when they are sent.
//
// A record is a sequence of items. An item is a sample (a float or a native histogram, with its exemplars), exemplars of a series
// that come without a sample (lone exemplars), or the metadata of the samples that follow. Samples of one series keep their order.
//
// Labels are stored as the fields of a prometheus.TimeSeries message of remote write 1.0, sorted by name, so that the default
// protocol copies them. So are exemplars. A native histogram is stored as the fields of the Histogram message, which is the same
// in 1.0 and 2.0.
//
//	record   = version item...           version: 1 byte, 2, or 3 in a record that has lone exemplars
//	item     = kind length body          kind: 1 byte, see Kind and the flags; length: of body, uvarint
//	sample   = timestamp [start] payload timestamp: milliseconds since the previous sample; start: milliseconds since the epoch; zigzag varint
//	payload  = value labels [exemplars]  value: 8 bytes, the bits of a float64; exemplars: uvarint length and bytes
//	         | histogram labels [exemplars]
//	           histogram: uvarint length and bytes
//	         | labels exemplars          lone exemplars
//	labels   = prefix suffix middle      prefix, suffix: lengths, uvarint; middle: uvarint length and bytes
//	metadata = type family help unit     type: 1 byte; strings: uvarint length and bytes
//
// Fixed-size integers are little endian.
//
// Series that follow each other have most of their labels, and the timestamp, in common. So a sample is delta-encoded against the
// previous sample of the record: its labels are the first prefix bytes and the last suffix bytes of the previous labels, with
// middle in between. The first sample is encoded against timestamp 0 and no labels.
//
// Records of version 1 are read, too. Their samples are not delta-encoded: they begin with a hash of eight bytes, have the
// timestamp since the epoch, and all of their labels with a uvarint length. No record of version 1 or 2 has lone exemplars.
package record
