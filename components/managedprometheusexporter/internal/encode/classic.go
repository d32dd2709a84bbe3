package encode

import (
	"math"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// classic makes the series of a histogram with explicit bounds: a cumulative _bucket for each bound and +Inf, _sum and
// _count.
func (s *state) classic(name string, p pmetric.HistogramDataPoint) {
	bounds := p.ExplicitBounds()
	if s.kind == kindOTLP && !increasing(bounds) {
		s.refuse(reasonInvalid, 1, name, "the bounds of its buckets do not increase")
		return
	}
	series, when, stale := s.family, s.when(p.Timestamp(), p.StartTimestamp()), p.Flags().NoRecordedValue()
	s.example = s.example[:0]
	if p.HasSum() || stale {
		s.float(series.sum, extra{}, when, orStale(p.Sum(), stale))
	}
	s.float(series.count, extra{}, when, orStale(float64(p.Count()), stale))

	var below cumulation
	below.begin(p, s.kind == kindScraped)
	lower := math.Inf(-1)
	for i := range min(bounds.Len(), p.BucketCounts().Len()) {
		upper, count := bounds.At(i), below.next()
		if math.IsInf(upper, 1) {
			break // it comes in any case
		}
		if math.IsNaN(upper) || i > 0 && upper <= lower {
			continue // the target exposed one bound in two spellings
		}
		s.bucketExemplars(p.Exemplars(), lower, upper)
		s.float(series.bucket, extra{bucketBound, s.spell(i, upper)}, when, orStale(count, stale))
		lower = upper
	}
	s.bucketExemplars(p.Exemplars(), lower, math.Inf(1))
	s.float(series.bucket, extra{bucketBound, "+Inf"}, when, orStale(float64(p.Count()), stale))
	s.example = s.example[:0]
}

// increasing tells whether every bound is greater than the one before, and none is not a number.
func increasing(bounds pcommon.Float64Slice) bool {
	for i := range bounds.Len() {
		if f := bounds.At(i); math.IsNaN(f) || i > 0 && f <= bounds.At(i-1) {
			return false
		}
	}
	return true
}

// cumulation adds up the counts of buckets.
type cumulation struct {
	counts pcommon.UInt64Slice
	i      int
	sum    uint64
	gone   []float64 // in a point with a vanished bucket, what each is
}

// vanished is what contrib's receiver (on amd64) makes of a bucket's staleness marker: a bucket that vanishes while others
// stay is converted like a count, and leaves this in two neighbouring buckets.
const vanished = 1 << 63

func (c *cumulation) begin(p pmetric.HistogramDataPoint, scraped bool) {
	*c = cumulation{counts: p.BucketCounts()}
	for i := range c.counts.Len() {
		if scraped && c.counts.At(i) == vanished {
			c.restore(p.Count())
			return
		}
	}
}

// restore counts from below up to the first vanished bucket, and from the total count down to the last. What is between
// has vanished too, or cannot be told from it.
func (c *cumulation) restore(total uint64) {
	n := c.counts.Len()
	c.gone = make([]float64, n)
	for i := range c.gone {
		c.gone[i] = staleNaN
	}
	for i, sum := 0, uint64(0); i < n && c.counts.At(i) != vanished; i++ {
		sum += c.counts.At(i)
		c.gone[i] = float64(sum)
	}
	for i := n - 1; i > 0 && c.counts.At(i) != vanished; i-- {
		total -= c.counts.At(i)
		c.gone[i-1] = float64(total)
	}
}

func (c *cumulation) next() float64 {
	c.i++
	if c.gone != nil {
		return c.gone[c.i-1]
	}
	c.sum += c.counts.At(c.i - 1)
	return float64(c.sum)
}

// summary makes the series of a summary: one for each quantile, _sum and _count.
func (s *state) summary(name string, p pmetric.SummaryDataPoint) {
	quantiles := p.QuantileValues()
	if s.kind == kindOTLP && repeated(quantiles) {
		s.refuse(reasonInvalid, 1, name, "it has a quantile twice")
		return
	}
	series, when, stale := s.family, s.when(p.Timestamp(), p.StartTimestamp()), p.Flags().NoRecordedValue()
	s.example = s.example[:0]
	s.float(series.sum, extra{}, when, orStale(p.Sum(), stale))
	s.float(series.count, extra{}, when, orStale(float64(p.Count()), stale))
	for i := range quantiles.Len() {
		q := quantiles.At(i)
		if i > 0 && q.Quantile() == quantiles.At(i-1).Quantile() {
			continue // as above
		}
		s.float(name, extra{quantile, s.spell(i, q.Quantile())}, when, orStale(q.Value(), stale))
	}
}

// repeated tells whether a quantile is there twice; they mostly come in order.
func repeated(quantiles pmetric.SummaryDataPointValueAtQuantileSlice) bool {
	ordered := true
	for i := 1; i < quantiles.Len() && ordered; i++ {
		ordered = quantiles.At(i).Quantile() > quantiles.At(i-1).Quantile()
	}
	if ordered {
		return false
	}
	all := make([]float64, quantiles.Len())
	for i := range all {
		all[i] = quantiles.At(i).Quantile()
	}
	slices.Sort(all)
	for i := 1; i < len(all); i++ {
		if all[i] == all[i-1] || math.IsNaN(all[i]) {
			return true
		}
	}
	return false
}

// spelled is a bound or quantile and its text.
type spelled struct {
	bits uint64
	text string
}

// spell writes the i-th bound or quantile of a point as Prometheus does. That of the point before is mostly the same.
func (s *state) spell(i int, f float64) string {
	bits := math.Float64bits(f)
	if i < len(s.spelled) && s.spelled[i].bits == bits {
		return s.spelled[i].text
	}
	one := spelled{bits: bits}
	if s.kind == kindScraped {
		one.text = s.names.openMetric(f)
	} else {
		one.text = s.names.decimal(f)
	}
	for i >= len(s.spelled) {
		s.spelled = append(s.spelled, spelled{bits: bits, text: one.text})
	}
	s.spelled[i] = one
	return one.text
}
