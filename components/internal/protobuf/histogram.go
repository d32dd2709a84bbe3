package protobuf

import "google.golang.org/protobuf/encoding/protowire"

// Fields of the Histogram message, which remote write 1.0 and 2.0 share. Each kind of spans has the field of their integer
// counts, as differences, one further, and that of their float counts two further.
const (
	HistogramCountInt       = 1
	HistogramCountFloat     = 2
	HistogramSum            = 3
	HistogramSchema         = 4
	HistogramZeroThreshold  = 5
	HistogramZeroCountInt   = 6
	HistogramZeroCountFloat = 7
	HistogramNegativeSpans  = 8
	HistogramPositiveSpans  = 11
	HistogramResetHint      = 14
	HistogramTimestamp      = 15
	HistogramCustomValues   = 16
)

// AppendSpan appends a BucketSpan.
func AppendSpan(dst []byte, field int, offset int64, length uint64) []byte {
	var buf [24]byte
	return AppendBytes(dst, field, AppendVarint(AppendVarint(buf[:0], 1, ZigZag(offset)), 2, length))
}

// SchemaOf returns the schema of a Histogram message; 0, which is the default, also when the message is damaged.
func SchemaOf(message []byte) int64 {
	for len(message) > 0 {
		field, wire, tag := protowire.ConsumeTag(message)
		if tag < 0 {
			return 0
		}
		message = message[tag:]
		if field == HistogramSchema && wire == protowire.VarintType {
			value, _ := protowire.ConsumeVarint(message)
			return protowire.DecodeZigZag(value)
		}
		size := protowire.ConsumeFieldValue(field, wire, message)
		if size < 0 {
			return 0
		}
		message = message[size:]
	}
	return 0
}
