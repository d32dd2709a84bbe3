package encode

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Every observation stays in a bucket that holds it, however much coarser the scale gets.
func TestCoarserScales(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		md, sm := resource()
		p := exponential(metric(sm, "m")).AppendEmpty()
		p.SetTimestamp(t1)
		p.SetScale(random.Int32N(24) - 3)
		reach := min(4000, math.Exp2(float64(p.Scale()))*900) // so that bounds stay numbers
		p.Positive().SetOffset(int32((random.Float64()*2-1)*reach) - 30)
		for range 1 + random.IntN(60) {
			p.Positive().BucketCounts().Append(uint64(max(0, random.IntN(6)-3)))
		}
		p.SetCount(total(p.Positive()))
		p.Positive().CopyTo(p.Negative())
		p.SetCount(2 * p.Count())
		got, _ := encode(t, Settings{SendNativeHistograms: true}, md)
		h := got.samples[0].histogram.ToIntHistogram()
		require.NoError(t, h.Validate())
		require.LessOrEqual(t, h.Schema, int32(8))
		require.Equal(t, h.PositiveSpans, h.NegativeSpans)

		want := map[float64]uint64{}
		counts, sum := p.Positive().BucketCounts(), uint64(0)
		for i := range counts.Len() {
			width := math.Exp2(float64(-p.Scale()))
			middle := math.Exp2((float64(p.Positive().Offset()) + float64(i) + 0.5) * width)
			want[middle] = counts.At(i)
		}
		for it := h.PositiveBucketIterator(); it.Next(); {
			bucket := it.At()
			inside := uint64(0)
			for middle, count := range want {
				if middle > bucket.Lower && middle <= bucket.Upper {
					inside += count
				}
			}
			require.Equal(t, inside, bucket.Count)
			sum += bucket.Count
		}
		require.Equal(t, total(p.Positive()), sum)
	}
}

func total(b pmetric.ExponentialHistogramDataPointBuckets) (sum uint64) {
	for i := range b.BucketCounts().Len() {
		sum += b.BucketCounts().At(i)
	}
	return sum
}

func TestZeroThresholds(t *testing.T) {
	for given, want := range map[float64]float64{0: 1e-128, 0.5: 0.5} {
		md, sm := resource()
		p := exponential(metric(sm, "m")).AppendEmpty()
		p.SetTimestamp(t1)
		p.SetZeroThreshold(given)
		got, _ := encode(t, Settings{SendNativeHistograms: true}, md)
		require.InDelta(t, want, got.samples[0].histogram.ZeroThreshold, 0)
	}
}
