package identity

import (
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"

	"github.com/msp-collector/msp-collector/test/harness"
)

// fixtureLabel is the label, of every series, that names the fixture it comes from.
const fixtureLabel = "fixture"

// recording is what a scraper has sent to an endpoint.
type recording struct {
	fixtures map[string]*observed
	families map[described]int // metadata that 1.0 sends apart, and how often
}

// observed is what was sent of one fixture.
type observed struct {
	samples map[place][]sample
	names   map[string]string // of series
	scrapes int               // how many are compared
}

// described is a family with its metadata.
type described struct{ family, metadata string }

func metadataText(m harness.WrittenMetadata) string {
	return fmt.Sprintf("type=%s help=%q unit=%q", strings.ToLower(prompb.MetricMetadata_MetricType(m.Type).String()), m.Help, m.Unit)
}

// place is where a sample stands: in a series, at the n-th scrape of its target or at a time that the target exposed.
type place struct{ series, at string }

// sample is a float, a native histogram, a staleness marker of either, or an exemplar.
type sample struct{ kind, value, start, metadata string }

func (s sample) String() string {
	return strings.Join(slices.DeleteFunc([]string{s.kind, s.value, s.start, s.metadata}, func(part string) bool { return part == "" }), " ")
}

// readRecording makes a recording of requests, up to a number of scrapes of each target.
func readRecording(requests []harness.Received, scrapes int) (*recording, error) {
	r := &recording{fixtures: map[string]*observed{}, families: map[described]int{}}
	turns := map[string]*turns{}
	for i := range requests {
		if err := requests[i].Err; err != nil {
			return nil, fmt.Errorf("request %d: %w", i, err)
		}
		for _, m := range requests[i].Metadata {
			r.families[described{m.Family, metadataText(m)}]++
		}
		for s := range requests[i].Series {
			noteTurns(turns, &requests[i].Series[s])
		}
	}
	for i := range requests {
		for s := range requests[i].Series {
			series := &requests[i].Series[s]
			name := series.Label(fixtureLabel)
			if r.fixtures[name] == nil {
				r.fixtures[name] = &observed{samples: map[place][]sample{}, names: map[string]string{}, scrapes: scrapes}
			}
			if err := r.fixtures[name].add(series, turns[name], requests[i].V2); err != nil {
				return nil, err
			}
		}
	}
	for _, o := range r.fixtures {
		for at := range o.samples {
			slices.SortFunc(o.samples[at], func(a, b sample) int { return strings.Compare(a.String(), b.String()) })
		}
	}
	return r, nil
}

func (o *observed) add(series *harness.WrittenSeries, t *turns, v2 bool) error {
	metadata := ""
	if m := series.Metadata; m != nil {
		metadata = metadataText(*m)
	}
	labels := series.String()
	o.names[labels] = series.Label("__name__")
	enter := func(timestamp int64, s sample) {
		at, relative, wanted := t.at(timestamp, o.scrapes)
		p := place{labels, at}
		if s.metadata = metadata; !wanted || !relative && slices.Contains(o.samples[p], s) {
			return // a time that was exposed stays exposed: how often it was scraped does not count
		}
		o.samples[p] = append(o.samples[p], s)
	}
	for _, float := range series.Samples {
		enter(float.Timestamp, floatSample(series.Label("__name__"), float, t))
	}
	for _, native := range series.Histograms {
		s, err := histogramSample(native, t)
		if err != nil {
			return fmt.Errorf("%s: %w", labels, err)
		}
		enter(native.Timestamp, s)
	}
	for _, e := range series.Exemplars {
		labels := harness.WrittenSeries{Labels: e.Labels}
		enter(e.Timestamp, sample{kind: "exemplar", value: labels.String() + " " + spell(e.Bits)})
	}
	if len(series.Samples)+len(series.Histograms)+len(series.Exemplars) == 0 {
		return fmt.Errorf("%s (2.0: %t) was sent without samples", labels, v2)
	}
	return nil
}

// measured are series whose values are the scraper's own.
var measured = []string{"scrape_duration_seconds"}

func floatSample(name string, float harness.WrittenSample, t *turns) sample {
	s := sample{kind: "float", value: spell(float.Bits), start: t.start(float.Start)}
	switch {
	case float.Bits == staleNaN:
		s.kind, s.value = "stale", ""
	case slices.Contains(measured, name):
		s.value = "measured"
	}
	return s
}

func histogramSample(native harness.WrittenHistogram, t *turns) (sample, error) {
	var h writev2.Histogram // 1.0 has the same fields, by the same numbers
	if err := h.Unmarshal(native.Bytes); err != nil {
		return sample{}, err
	}
	s := sample{kind: "histogram", start: t.start(native.Start)}
	if math.Float64bits(h.Sum) == staleNaN {
		s.kind = "stale histogram"
	}
	h.Timestamp = 0
	fields, err := h.Marshal() // two NaNs look alike in the text
	s.value = h.String() + " #" + hex.EncodeToString(fields)
	return s, err
}

// spell writes a float so that no two are written alike.
func spell(bits uint64) string {
	return fmt.Sprintf("%v (%#x)", math.Float64frombits(bits), bits)
}

// withoutMetadata is a copy without those of series.
func (r *recording) withoutMetadata() *recording {
	bare := &recording{fixtures: map[string]*observed{}, families: r.families}
	for name, o := range r.fixtures {
		copied := &observed{samples: map[place][]sample{}, names: o.names, scrapes: o.scrapes}
		for p, samples := range o.samples {
			for _, s := range samples {
				s.metadata = ""
				copied.samples[p] = append(copied.samples[p], s)
			}
		}
		bare.fixtures[name] = copied
	}
	return bare
}

// withStart are samples with a created timestamp, of whatever kind.
const withStart = "with start"

// kinds counts samples by kind.
func (r *recording) kinds() map[string]int {
	counts := map[string]int{}
	for _, o := range r.fixtures {
		for _, samples := range o.samples {
			for _, s := range samples {
				counts[s.kind]++
				if s.start != "" {
					counts[withStart]++
				}
			}
		}
	}
	return counts
}
