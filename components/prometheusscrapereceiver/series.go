package prometheusscrapereceiver

import (
	"math"
	"sync/atomic"
	"unicode/utf8"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
)

// series is one that is scraped, and what the pipeline took of it last. There is one for each series, so its 64 bytes count.
type series struct {
	scraped labels.Labels  // as the scrape has them
	sent    *labels.Labels // as they are sent, where that is not the same
	next    *series        // another one of the same hash
	ref     uint32
	seen    atomic.Uint32 // the table's generation when a sample came last

	time     atomic.Int64  // of the last sample, in milliseconds; never before the first one
	value    atomic.Uint64 // its fingerprint
	exemplar atomic.Pointer[exemplar.Exemplar]
}

const never = math.MinInt64

func (s *series) labels() labels.Labels {
	if s.sent != nil {
		return *s.sent
	}
	return s.scraped
}

// check is how Prometheus's storage decides on a sample: it takes newer ones than the last, and the very same again. Thus the
// staleness markers of a target that has come back meanwhile are refused.
func (s *series) check(at int64, value uint64) error {
	switch last := s.time.Load(); {
	case at > last, at == last && value == s.value.Load():
		return nil
	case at == last:
		return storage.ErrDuplicateSampleForTimestamp
	default:
		return storage.ErrOutOfOrderSample
	}
}

// took notes a sample that the pipeline has.
func (s *series) took(at int64, value uint64) {
	if at >= s.time.Load() {
		s.time.Store(at)
		s.value.Store(value)
	}
}

// isNew tells whether an exemplar is one to send, as Prometheus's exemplar storage does: not the last one again, not older
// than it, and not too long.
func (s *series) isNew(x exemplar.Exemplar) bool {
	length := 0
	x.Labels.Range(func(l labels.Label) { length += utf8.RuneCountInString(l.Name) + utf8.RuneCountInString(l.Value) })
	if length > exemplar.ExemplarMaxLabelSetLength {
		return false
	}
	last := s.exemplar.Load()
	switch {
	case last == nil:
		return true
	case last.Equals(x):
		return false
	case x.Ts != last.Ts:
		return x.Ts > last.Ts
	case x.Value != last.Value:
		return x.Value > last.Value
	default:
		return x.Labels.Hash() > last.Labels.Hash()
	}
}

// fingerprint stands for a value where it is compared with the one before it at the same time.
func fingerprint(v float64, h *histogram.Histogram, fh *histogram.FloatHistogram) uint64 {
	switch {
	case h != nil:
		return math.Float64bits(h.Sum)*31 + h.Count*17 + h.ZeroCount*7 + uint64(len(h.PositiveBuckets)) + 1
	case fh != nil:
		return math.Float64bits(fh.Sum)*31 + math.Float64bits(fh.Count)*17 + math.Float64bits(fh.ZeroCount)*7 + uint64(len(fh.PositiveBuckets)) + 2
	default:
		return math.Float64bits(v)
	}
}
