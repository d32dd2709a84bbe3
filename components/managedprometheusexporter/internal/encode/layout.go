package encode

import (
	"encoding/binary"
	"math"

	"github.com/msp-collector/msp-collector/components/internal/protobuf"
	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// maxCount is the greatest count whose differences a native histogram can express.
const maxCount = math.MaxInt64

// layout is how the buckets of a native histogram are written: runs of them, and the differences of their counts.
type layout struct {
	spans    []span
	deltas   []byte
	before   int64
	overflow bool // a bucket's number does not fit
}

// span is a run of buckets; its offset counts from the end of the one before.
type span struct {
	offset int64
	length uint64
	end    int64 // index behind it
}

func (l *layout) reset() { *l = layout{spans: l.spans[:0], deltas: l.deltas[:0]} }

// add appends a bucket, if it is not empty. Few empty ones before it are written as zeros, more of them end the span.
func (l *layout) add(index int64, count uint64) {
	if count == 0 {
		return
	}
	if index < math.MinInt32 || index >= math.MaxInt32 {
		l.overflow = true
		return
	}
	end := int64(0)
	if n := len(l.spans); n > 0 {
		end = l.spans[n-1].end
	}
	gap := index - end
	if len(l.spans) == 0 || gap > verbatim.MaxGap {
		l.overflow = l.overflow || gap > math.MaxInt32
		l.spans = append(l.spans, span{offset: gap})
	} else {
		for range gap {
			l.append(0)
		}
	}
	l.append(int64(count)) //nolint:gosec // at most maxCount
	l.spans[len(l.spans)-1].end = index + 1
}

func (l *layout) append(count int64) {
	l.spans[len(l.spans)-1].length++
	l.deltas = binary.AppendUvarint(l.deltas, protobuf.ZigZag(count-l.before))
	l.before = count
}
