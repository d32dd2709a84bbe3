package harness

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func written(name string, samples ...WrittenSample) WrittenSeries {
	return WrittenSeries{Labels: []WrittenLabel{{"__name__", name}}, Samples: samples}
}

func at(timestamp int64, bits uint64) WrittenSample {
	return WrittenSample{Timestamp: timestamp, Bits: bits}
}

func TestLedgerTellsRepeatedFromConflictingFromOutOfOrder(t *testing.T) {
	tests := map[string]struct {
		samples []WrittenSample
		want    Totals
	}{
		"in order":                  {[]WrittenSample{at(-1, 7), at(0, 7), at(5, 7)}, Totals{Ordered: 3}},
		"the newest repeated":       {[]WrittenSample{at(1, 7), at(1, 7)}, Totals{Ordered: 1, Repeated: 1}},
		"an older one repeated":     {[]WrittenSample{at(1, 7), at(2, 7), at(1, 7)}, Totals{Ordered: 2, Repeated: 1}},
		"another value":             {[]WrittenSample{at(1, 7), at(1, 8)}, Totals{Ordered: 1, Conflicting: 1}},
		"the other value repeated":  {[]WrittenSample{at(1, 7), at(1, 8), at(1, 8)}, Totals{Ordered: 1, Conflicting: 1, Repeated: 1}},
		"older, and new":            {[]WrittenSample{at(3, 7), at(2, 7), at(4, 7)}, Totals{Ordered: 2, OutOfOrder: 1}},
		"what was late is repeated": {[]WrittenSample{at(3, 7), at(2, 7), at(2, 7)}, Totals{Ordered: 1, OutOfOrder: 1, Repeated: 1}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			ledger := NewLedger()
			var times []int64
			for _, sample := range test.samples {
				ledger.Add([]WrittenSeries{written("up", sample)})
				times = append(times, sample.Timestamp)
			}
			test.want.Series, test.want.Accepted = 1, uint64(len(test.samples))
			got := ledger.Totals()
			assert.Equal(t, test.want, got)
			assert.Equal(t, got.Accepted, got.Distinct()+got.Repeated+got.Conflicting)
			assert.Equal(t, map[string][]int64{`{__name__="up"}`: times}, ledger.Timestamps())
			assert.Len(t, ledger.Findings(), int(got.Accepted-got.Ordered))
		})
	}
}

func TestLedgerKeepsSeriesApart(t *testing.T) {
	ledger := NewLedger()
	ledger.Add([]WrittenSeries{
		{Labels: []WrittenLabel{{"a", "bc"}}, Samples: []WrittenSample{at(1, 1)}},
		{Labels: []WrittenLabel{{"ab", "c"}}, Samples: []WrittenSample{at(1, 1)}},
		{Samples: []WrittenSample{at(1, 1)}},
	})
	assert.Equal(t, Totals{Series: 3, Accepted: 3, Ordered: 3}, ledger.Totals())
}

func TestLedgerCountsHistograms(t *testing.T) {
	ledger := NewLedger()
	for _, bytes := range []string{"one", "one", "other"} {
		ledger.Add([]WrittenSeries{{Histograms: []WrittenHistogram{{Timestamp: 1, Bytes: []byte(bytes)}}}})
	}
	assert.Equal(t, Totals{Series: 1, Accepted: 3, Ordered: 1, Repeated: 1, Conflicting: 1}, ledger.Totals())
}

func TestLedgerIsSafeForConcurrentRequests(t *testing.T) {
	ledger := NewLedger()
	var group sync.WaitGroup
	for shard := range 8 {
		group.Go(func() {
			for i := range 100 {
				ledger.Add([]WrittenSeries{written(fmt.Sprint(shard), at(int64(i), 1))})
			}
		})
	}
	group.Wait()
	require.Equal(t, Totals{Series: 8, Accepted: 800, Ordered: 800}, ledger.Totals())
}

// BenchmarkLedger enters requests of 1,000 series with nine labels.
func BenchmarkLedger(b *testing.B) {
	var series []WrittenSeries
	for i := range 1_000 {
		s := written(fmt.Sprintf("service_requests_%d_total", i), at(0, 0))
		for k := range 8 {
			s.Labels = append(s.Labels, WrittenLabel{fmt.Sprintf("label_%d", k), fmt.Sprintf("value-%d-of-%d", i%(k+1), k)})
		}
		series = append(series, s)
	}
	ledger := NewLedger()
	for n := int64(1); b.Loop(); n++ {
		for i := range series {
			series[i].Samples[0].Timestamp = n
		}
		ledger.Add(series)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1_000, "ns/sample")
}
