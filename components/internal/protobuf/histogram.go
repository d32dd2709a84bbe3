package protobuf

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
