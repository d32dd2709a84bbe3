package dropin

import (
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/value"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// sent is a series with a value per second, in a request of its own.
func sent(name string, values ...float64) harness.Received {
	series := harness.WrittenSeries{Labels: []harness.WrittenLabel{{Name: "__name__", Value: name}}}
	for i, v := range values {
		series.Samples = append(series.Samples, harness.WrittenSample{Timestamp: int64(1000 * (i + 1)), Bits: math.Float64bits(v)})
	}
	return harness.Received{Header: http.Header{"Authorization": {"a"}}, WriteRequest: harness.WriteRequest{Series: []harness.WrittenSeries{series}}}
}

func recorded(t *testing.T, requests ...harness.Received) *recording {
	t.Helper()
	r, err := record(requests, func(text string) string { return text }, time.UnixMilli(0), time.UnixMilli(5000))
	require.NoError(t, err)
	return r
}

func TestTheComparisonFindsDifferences(t *testing.T) {
	stale := math.Float64frombits(value.StaleNaN)
	want := recorded(t, sent("a", 1, 1, 2, stale))
	assert.Empty(t, differences(want, recorded(t, sent("a", 1, 2, 2, stale))), "another number of scrapes")
	assert.Empty(t, differences(want, recorded(t, sent("a", 1, 1, 2, stale, stale, 9))), "after the end")
	assert.Empty(t, differences(recorded(t, sent("scrape_duration_seconds", 1)), recorded(t, sent("scrape_duration_seconds", 2))))
	other := sent("a", 1, 1, 2, stale)
	other.Header = http.Header{"Authorization": {"b"}}
	for name, r := range map[string]*recording{
		"value": recorded(t, sent("a", 1, 3, stale)), "marker": recorded(t, sent("a", 1, 2)), "order": recorded(t, sent("a", 2, 1, stale)),
		"NaN": recorded(t, sent("a", 1, 2, math.NaN())), "header": recorded(t, other),
	} {
		assert.Len(t, differences(want, r), 1, name)
	}
	assert.Len(t, differences(want, recorded(t, sent("b", 1, 1, 2, stale))), 2, "name")
	assert.Len(t, differences(want, recorded(t, sent("a", 1, 1, 2, stale), sent("b", 1))), 1, "one more")
	_, err := record([]harness.Received{{Err: assert.AnError}}, nil, time.Time{}, time.Time{})
	require.ErrorIs(t, err, assert.AnError)
}
