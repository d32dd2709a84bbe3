// Package record is the form in which samples lie in the write-ahead log: encoded once from pdata, and turned into remote
// write 1.0 or 2.0 bytes when they are sent.
//
// One item is one sample (a float or a native histogram, with the exemplars that belong to it), or the metadata of the samples
// that follow it. Samples of one series keep their order.
//
// The labels of a sample are stored as the fields of a prometheus.TimeSeries message of remote write 1.0 are, sorted by
// name, so that the default protocol copies them; likewise its exemplars, and a native histogram as the fields of the
// Histogram message, which 1.0 and 2.0 share.
//
//	record   = version item...           version: 1 byte
//	item     = kind length body          kind: 1 byte, see Kind and the flags; length: of body, uvarint
//	sample   = timestamp [start] payload timestamp: milliseconds after the sample before; start: milliseconds since the epoch; zigzag varint
//	payload  = value labels [exemplars]  value: 8 bytes, the bits of a float64; exemplars: uvarint length and bytes
//	         | histogram labels [exemplars]
//	           histogram: uvarint length and bytes
//	labels   = first last middle         first, last: uvarint; middle: uvarint length and bytes
//	metadata = type family help unit     type: 1 byte; strings: uvarint length and bytes
//
// Fixed-size integers are little endian.
//
// Series that follow each other have most of their labels, and the time, in common. So the labels of a sample are told by those of
// the sample before it in the record: the first and the last bytes are the same, with the middle between them. Before the first
// sample there is time 0 and no label.
//
// Records of version 1 are read, too. Their samples begin with a hash of eight bytes, have timestamps since the epoch, and all of
// their labels: uvarint length and bytes.
package record
