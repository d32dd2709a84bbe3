package write

import (
	"encoding/binary"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

// What a sample adds to a request beside its labels, histogram and exemplars, at most.
const (
	lengthBytes = 5
	refBytes    = 4 // 2^28 symbols

	seriesBytes = 1 + lengthBytes                    // TimeSeries
	refsBytes   = 1 + lengthBytes                    // 2.0: labels_refs
	sampleBytes = 1 + lengthBytes + 1 + 8 + 2*(1+10) // Sample; or what a Histogram has around its fields
	metaBytes   = 2 + 2 + 2*(1+refBytes)             // 2.0: Metadata
	emptySymbol = 2                                  // 2.0: once in every request
	fixedBytes  = seriesBytes + refsBytes + sampleBytes + metaBytes + emptySymbol

	// 2.0 has two references for a label, and spares the tag and length around name and value.
	labelBytes = 2*refBytes - 2
)

// MaxSize is an upper bound of the bytes that a sample adds to a request before compression, in either protocol. It walks the
// labels but does not look into exemplars, which may be nearly three times as large in 2.0. What a metadata item adds, in 2.0 as two
// symbols, is at most its own size.
func MaxSize(s *record.Sample) int {
	return fixedBytes + len(s.Labels) + labelBytes*countLabels(s.Labels) + len(s.Histogram) + 3*len(s.Exemplars)
}

// MaxSizeV1 is such a bound for remote write 1.0 alone, which copies what is in the sample: it costs nothing to tell.
func MaxSizeV1(s *record.Sample) int {
	return seriesBytes + sampleBytes + len(s.Labels) + len(s.Histogram) + len(s.Exemplars)
}

// countLabels counts what begins like a label.
func countLabels(labels []byte) (count int) {
	for ; len(labels) > 1; count++ {
		size, n := uint64(labels[1]), 1
		if size >= 0x80 {
			size, n = binary.Uvarint(labels[1:])
		}
		if n <= 0 || size > uint64(len(labels)-1-n) { //nolint:gosec // not negative
			return count
		}
		labels = labels[1+n+int(size):] //nolint:gosec // at most the length of labels
	}
	return count
}
