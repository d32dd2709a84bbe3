package identity

import (
	"math"
	"slices"
	"testing"

	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// The times of two scrapes by one scraper, and how much later another one scraped.
const (
	firstScrape, secondScrape = int64(1_000_000), int64(1_002_000)
	exposedTime               = int64(999_000)
	later                     = int64(700)
)

func labelled(name string, more ...harness.WrittenLabel) []harness.WrittenLabel {
	return append([]harness.WrittenLabel{{Name: "__name__", Value: name}, {Name: fixtureLabel, Value: "one"}}, more...)
}

func float(at int64, value float64) harness.WrittenSample {
	return harness.WrittenSample{Timestamp: at, Bits: math.Float64bits(value)}
}

func nativeHistogram(t *testing.T, at int64, change func(*writev2.Histogram)) harness.WrittenHistogram {
	t.Helper()
	h := writev2.Histogram{Sum: 2, Schema: 3, Timestamp: at, PositiveDeltas: []int64{1}, PositiveSpans: []writev2.BucketSpan{{Length: 1}}}
	if change != nil {
		change(&h)
	}
	fields, err := h.Marshal()
	require.NoError(t, err)
	return harness.WrittenHistogram{Timestamp: at, Bytes: fields}
}

func TestExemplarsOfSeriesWithoutSamplesAreCounted(t *testing.T) {
	alone := harness.WrittenSeries{Labels: labelled("alone"), Exemplars: sent(t, 0)[1].Exemplars}
	stale := harness.WrittenSeries{Labels: labelled("alone"), Samples: []harness.WrittenSample{{Timestamp: secondScrape, Bits: staleNaN}}}
	results := compare(recorded(t, append(sent(t, 0), alone)), recorded(t, sent(t, 0)), nil)
	assert.Empty(t, results[0].differences)
	assert.Equal(t, 1, results[0].alone)
	assert.Len(t, differencesOf(t, append(sent(t, 0), stale), sent(t, 0)), 1, "a staleness marker")
	assert.Len(t, differencesOf(t, sent(t, 0), append(sent(t, 0), alone)), 1, "of the collector")
}

// sent is a request with everything that can differ, by a scraper whose scrapes are shifted.
func sent(t *testing.T, shift int64) []harness.WrittenSeries {
	t.Helper()
	about := &harness.WrittenMetadata{Type: int(prompb.MetricMetadata_COUNTER), Help: "Help.", Unit: "bytes"}
	return []harness.WrittenSeries{
		{Labels: labelled("up"), Samples: []harness.WrittenSample{float(firstScrape+shift, 1), float(secondScrape+shift, 1)}},
		{Labels: labelled("requests_total", harness.WrittenLabel{Name: "zone", Value: "a"}), Metadata: about,
			Samples:   []harness.WrittenSample{{Timestamp: firstScrape + shift, Start: 77, Bits: math.Float64bits(0.1)}},
			Exemplars: []harness.WrittenExemplar{{Labels: []harness.WrittenLabel{{Name: "trace_id", Value: "a"}}, Timestamp: exposedTime, Bits: math.Float64bits(1)}}},
		{Labels: labelled("timed"), Samples: []harness.WrittenSample{float(exposedTime, 5)}},
		{Labels: labelled("gone"), Samples: []harness.WrittenSample{float(firstScrape+shift, 1), {Timestamp: secondScrape + shift, Bits: staleNaN}}},
		{Labels: labelled("native"), Histograms: []harness.WrittenHistogram{nativeHistogram(t, firstScrape+shift, nil)}},
	}
}

func recorded(t *testing.T, series []harness.WrittenSeries, families ...harness.WrittenMetadata) *recording {
	t.Helper()
	var requests []harness.Received
	for _, one := range series {
		requests = append(requests, harness.Received{WriteRequest: harness.WriteRequest{Series: []harness.WrittenSeries{one}}})
	}
	requests = append(requests, harness.Received{WriteRequest: harness.WriteRequest{Metadata: families}})
	r, err := readRecording(requests, 2)
	require.NoError(t, err)
	return r
}

func differencesOf(t *testing.T, a, b []harness.WrittenSeries) []string {
	t.Helper()
	results := compare(recorded(t, a), recorded(t, b), nil)
	require.Len(t, results, 1)
	return results[0].differences
}

func TestScrapesAtOtherTimesAreEqual(t *testing.T) {
	reordered := sent(t, later)
	slices.Reverse(reordered)
	assert.Empty(t, differencesOf(t, sent(t, 0), reordered))
}

func TestEveryKindOfDifferenceIsFound(t *testing.T) {
	const up, requests, timed, gone, native = 0, 1, 2, 3, 4
	for name, change := range map[string]func(series []harness.WrittenSeries) []harness.WrittenSeries{
		"label value": func(s []harness.WrittenSeries) []harness.WrittenSeries { s[requests].Labels[2].Value = "b"; return s },
		"label name": func(s []harness.WrittenSeries) []harness.WrittenSeries {
			s[requests].Labels[2].Name = "zones"
			return s
		},
		"order of labels": func(s []harness.WrittenSeries) []harness.WrittenSeries { slices.Reverse(s[requests].Labels); return s },
		"label missing": func(s []harness.WrittenSeries) []harness.WrittenSeries {
			s[requests].Labels = s[requests].Labels[:2]
			return s
		},
		"one bit":     func(s []harness.WrittenSeries) []harness.WrittenSeries { s[requests].Samples[0].Bits++; return s },
		"value of up": func(s []harness.WrittenSeries) []harness.WrittenSeries { s[up].Samples[1].Bits = 0; return s },
		"bits of a NaN": func(s []harness.WrittenSeries) []harness.WrittenSeries {
			s[gone].Samples[1].Bits = math.Float64bits(math.NaN())
			return s
		},
		"timestamp exposed":   func(s []harness.WrittenSeries) []harness.WrittenSeries { s[timed].Samples[0].Timestamp++; return s },
		"timestamp of scrape": func(s []harness.WrittenSeries) []harness.WrittenSeries { s[gone].Samples[0].Timestamp++; return s },
		"another scrape": func(s []harness.WrittenSeries) []harness.WrittenSeries {
			s[requests].Samples[0].Timestamp = secondScrape + later
			return s
		},
		"created timestamp": func(s []harness.WrittenSeries) []harness.WrittenSeries { s[requests].Samples[0].Start = 0; return s },
		"no staleness marker": func(s []harness.WrittenSeries) []harness.WrittenSeries {
			s[gone].Samples = s[gone].Samples[:1]
			return s
		},
		"one marker too many": func(s []harness.WrittenSeries) []harness.WrittenSeries {
			s[timed].Samples = append(s[timed].Samples, s[gone].Samples[1])
			return s
		},
		"series missing": func(s []harness.WrittenSeries) []harness.WrittenSeries { return s[:native] },
		"series too many": func(s []harness.WrittenSeries) []harness.WrittenSeries {
			more := s[timed]
			more.Labels = labelled("more")
			return append(s, more)
		},
		"sample twice": func(s []harness.WrittenSeries) []harness.WrittenSeries { return append(s, s[requests]) },
		"exemplar's label": func(s []harness.WrittenSeries) []harness.WrittenSeries {
			s[requests].Exemplars[0].Labels[0].Value = "b"
			return s
		},
		"exemplar's value": func(s []harness.WrittenSeries) []harness.WrittenSeries { s[requests].Exemplars[0].Bits++; return s },
		"exemplar's timestamp": func(s []harness.WrittenSeries) []harness.WrittenSeries {
			s[requests].Exemplars[0].Timestamp++
			return s
		},
		"exemplar missing": func(s []harness.WrittenSeries) []harness.WrittenSeries { s[requests].Exemplars = nil; return s },
		"type": func(s []harness.WrittenSeries) []harness.WrittenSeries {
			s[requests].Metadata.Type = int(prompb.MetricMetadata_GAUGE)
			return s
		},
		"help":             func(s []harness.WrittenSeries) []harness.WrittenSeries { s[requests].Metadata.Help = "Help"; return s },
		"unit":             func(s []harness.WrittenSeries) []harness.WrittenSeries { s[requests].Metadata.Unit = ""; return s },
		"metadata missing": func(s []harness.WrittenSeries) []harness.WrittenSeries { s[requests].Metadata = nil; return s },
		"kind": func(s []harness.WrittenSeries) []harness.WrittenSeries {
			s[native].Histograms = nil
			s[native].Samples = []harness.WrittenSample{float(firstScrape+later, 2)}
			return s
		},
		"field of a native histogram": func(s []harness.WrittenSeries) []harness.WrittenSeries {
			s[native].Histograms[0] = nativeHistogram(t, firstScrape+later, func(h *writev2.Histogram) { h.ResetHint = writev2.Histogram_RESET_HINT_GAUGE })
			return s
		},
		"sign of a native histogram's sum": func(s []harness.WrittenSeries) []harness.WrittenSeries {
			s[native].Histograms[0] = nativeHistogram(t, firstScrape+later, func(h *writev2.Histogram) { h.Sum = -2 })
			return s
		},
	} {
		t.Run(name, func(t *testing.T) {
			differences := differencesOf(t, sent(t, 0), change(sent(t, later)))
			assert.NotEmpty(t, differences)
			assert.LessOrEqual(t, len(differences), 4, differences) // a sample and its exemplar, in two series
			assert.NotEmpty(t, differencesOf(t, change(sent(t, later)), sent(t, 0)), "in the other direction")
		})
	}
}

func TestOnlyTheSignOfAZeroMayBeMissing(t *testing.T) {
	negative := math.Copysign(0, -1)
	with := func(value float64) []harness.WrittenSeries {
		return []harness.WrittenSeries{{Labels: labelled("zero"), Samples: []harness.WrittenSample{float(exposedTime, value)}}}
	}
	assert.Empty(t, differencesOf(t, with(0), with(negative)), "as Prometheus encodes it")
	assert.NotEmpty(t, differencesOf(t, with(negative), with(0)), "the collector has to keep it")
	assert.NotEmpty(t, differencesOf(t, with(0), with(math.SmallestNonzeroFloat64)))
}

func TestRepeatedExposedSamplesCountOnce(t *testing.T) {
	again := sent(t, later)
	assert.Empty(t, differencesOf(t, sent(t, 0), append(again, again[2])))
}

func TestARemovedTargetIsStaleAfterAnyNumberOfScrapes(t *testing.T) {
	removedAt := func(scrapes int) []harness.WrittenSeries {
		var up, value harness.WrittenSeries
		up.Labels, value.Labels = labelled("up"), labelled("value")
		for i := range scrapes {
			up.Samples = append(up.Samples, float(firstScrape+int64(i), 1))
			value.Samples = append(value.Samples, float(firstScrape+int64(i), 3))
		}
		end := harness.WrittenSample{Timestamp: firstScrape + int64(scrapes), Bits: staleNaN}
		up.Samples = append(up.Samples, end)
		value.Samples = append(value.Samples, end)
		return []harness.WrittenSeries{up, value}
	}
	assert.Empty(t, differencesOf(t, removedAt(4), removedAt(6)), "more scrapes than are compared")
	unmarked := removedAt(6)
	unmarked[1].Samples = unmarked[1].Samples[:6]
	assert.Len(t, differencesOf(t, removedAt(4), unmarked), 1)
}

func TestMetadataAreCompared(t *testing.T) {
	family := harness.WrittenMetadata{Type: int(prompb.MetricMetadata_COUNTER), Family: "requests", Help: "Help.", Unit: "bytes"}
	prometheus := recorded(t, sent(t, 0), family)
	assert.Empty(t, compareFamilies(prometheus.families, prometheus.families, 0).differences)
	other := family
	other.Unit = ""
	assert.Len(t, compareFamilies(prometheus.families, recorded(t, nil, other).families, 0).differences, 2)
	assert.Len(t, compareFamilies(prometheus.families, nil, 0).differences, 1)
	assert.Empty(t, compareFamilies(prometheus.families, nil, 1).differences, "said once")
	assert.Len(t, compareFamilies(recorded(t, nil).families, prometheus.families, 1).differences, 1, "made up")

	known := targetFamilies{"one": {"requests": true}}
	differences := func(collector *recording) []string {
		return compareMetadata(prometheus.families, known, collector).differences
	}
	assert.Empty(t, differences(prometheus))
	wrong, none, tooMuch := sent(t, later), sent(t, later), sent(t, later)
	wrong[1].Metadata.Help = "Other."
	none[1].Metadata = nil
	tooMuch[2].Metadata = tooMuch[1].Metadata
	for name, series := range map[string][]harness.WrittenSeries{"wrong": wrong, "none": none, "too much": tooMuch} {
		assert.Len(t, differences(recorded(t, series)), 1, name)
	}
}

func TestLiveTargetsAreComparedBySeries(t *testing.T) {
	live := map[string]bool{"one": true}
	lasting := func(name string, values ...float64) harness.WrittenSeries {
		return harness.WrittenSeries{Labels: labelled(name), Samples: []harness.WrittenSample{float(firstScrape, values[0]), float(secondScrape, values[1])}}
	}
	differences := func(a, b []harness.WrittenSeries) []string {
		return compare(recorded(t, append(a, lasting("up", 1, 1))), recorded(t, append(b, lasting("up", 1, 1))), live)[0].differences
	}
	want := []harness.WrittenSeries{lasting("build_info", 1, 1), lasting("varying", 1, 2)}
	assert.Empty(t, differences(want, []harness.WrittenSeries{lasting("build_info", 1, 1), lasting("varying", 3, 4)}))
	assert.Len(t, differences(want, []harness.WrittenSeries{lasting("build_info", 2, 2), lasting("varying", 3, 4)}), 1, "constant")
	assert.Len(t, differences(want, []harness.WrittenSeries{lasting("build_info", 1, 1)}), 1, "missing")
	assert.Len(t, differences([]harness.WrittenSeries{lasting("build_info", 1, 1)}, want), 1, "too many")
}

func TestARecordingOfBrokenRequestsIsAnError(t *testing.T) {
	_, err := readRecording([]harness.Received{{Err: assert.AnError}}, 2)
	require.ErrorIs(t, err, assert.AnError)
	_, err = readRecording([]harness.Received{{WriteRequest: harness.WriteRequest{Series: []harness.WrittenSeries{{Labels: labelled("empty")}}}}}, 2)
	require.ErrorContains(t, err, "without samples")
}
