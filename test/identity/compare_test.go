package identity

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
)

// comparison is the result of comparing what two scrapers sent of a fixture.
type comparison struct {
	fixture         string
	series, samples int
	signs           int // zeros whose sign Prometheus does not send
	alone           int // exemplars of series of which it sends no samples
	differences     []string
}

// compare compares two recordings, fixture by fixture.
func compare(prometheus, collector *recording, live map[string]bool) (all []comparison) {
	names := map[string]bool{}
	for _, r := range []*recording{prometheus, collector} {
		for name := range r.fixtures {
			names[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		a, b := samplesOf(prometheus, name), samplesOf(collector, name)
		c := comparison{fixture: name}
		if live[name] {
			c.compareLive(a, b, prometheus.fixtures[name].scrapes)
		} else {
			c.compareAll(a, b)
		}
		all = append(all, c)
	}
	return all
}

func samplesOf(r *recording, name string) map[place][]sample {
	if o := r.fixtures[name]; o != nil {
		return o.samples
	}
	return nil
}

// compareAll holds samples against samples, place by place.
func (c *comparison) compareAll(prometheus, collector map[place][]sample) {
	series, sampled := map[string]bool{}, bySeries(prometheus)
	places := maps.Clone(prometheus)
	maps.Copy(places, collector)
	for _, p := range slices.SortedFunc(maps.Keys(places), byPlace) {
		series[p.series] = true
		c.samples += max(len(prometheus[p]), len(collector[p]))
		if len(collector[p]) == 0 && sampled[p.series].scrapes() == 0 && exemplarsOnly(prometheus[p]) {
			c.alone += len(prometheus[p])
			continue
		}
		if signs, equal := equalSamples(prometheus[p], collector[p]); equal {
			c.signs += signs
		} else {
			c.differ("%s at %s\n  Prometheus: %s\n  collector:  %s", p.series, p.at, list(prometheus[p]), list(collector[p]))
		}
	}
	c.series = len(series)
}

// What Prometheus encodes has no negative zeros: it leaves out a value that equals zero, and -0 does. The collector sends them
// as they were exposed. This is the one difference that is meant.
var plainZero, negativeZero = spell(0), spell(math.Float64bits(math.Copysign(0, -1)))

// equalSamples compares what stands in one place, and counts signs of zeros that only the collector has.
func equalSamples(prometheus, collector []sample) (signs int, equal bool) {
	if len(prometheus) != len(collector) {
		return 0, false
	}
	for i, want := range prometheus {
		have := collector[i]
		if want != have && want.kind == "float" && want.value == plainZero && have.value == negativeZero {
			signs++
			have.value = plainZero
		}
		if want != have {
			return 0, false
		}
	}
	return signs, true
}

// exemplarsOnly is true of what Prometheus sends of a native histogram with custom buckets by 1.0, which cannot take the
// histogram itself. A collector that scrapes keeps exemplars with their samples.
func exemplarsOnly(samples []sample) bool {
	return !slices.ContainsFunc(samples, func(s sample) bool { return s.kind != "exemplar" })
}

// compareLive compares a target whose values and series change by themselves: a series that one scraper found in all scrapes
// has to be the other's too, with the same kinds and metadata, and with the same value where it cannot change.
func (c *comparison) compareLive(prometheus, collector map[place][]sample, scrapes int) {
	a, b := bySeries(prometheus), bySeries(collector)
	names := maps.Clone(a)
	maps.Copy(names, b)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		one, other := a[name], b[name]
		if one.scrapes() < scrapes && other.scrapes() < scrapes {
			continue
		}
		c.series++
		c.samples += min(one.scrapes(), other.scrapes())
		switch {
		case one == nil || other == nil:
			c.differ("%s\n  Prometheus: %s\n  collector:  %s", name, one, other)
		case !maps.Equal(one.described, other.described):
			c.differ("%s\n  Prometheus: %v\n  collector:  %v", name, one.described, other.described)
		case unchanging.MatchString(name) && !maps.Equal(one.values, other.values):
			c.differ("%s is constant\n  Prometheus: %v\n  collector:  %v", name, one.values, other.values)
		}
	}
}

// unchanging are series of programs that keep their value as long as these run. Others may be constant over some scrapes and yet
// another at the other scraper's moments.
var unchanging = regexp.MustCompile(`__name__="[^"]*_(info|start_time_seconds|max_fds)"`)

// liveSeries is what was seen of a series over several scrapes, exemplars aside.
type liveSeries struct {
	places            map[string]bool
	described, values map[string]bool
}

func (s *liveSeries) scrapes() int {
	if s == nil {
		return 0
	}
	return len(s.places)
}

func (s *liveSeries) String() string {
	if s == nil {
		return "nothing"
	}
	return fmt.Sprintf("%v", s.described)
}

func bySeries(samples map[place][]sample) map[string]*liveSeries {
	all := map[string]*liveSeries{}
	for p, here := range samples {
		if all[p.series] == nil {
			all[p.series] = &liveSeries{map[string]bool{}, map[string]bool{}, map[string]bool{}}
		}
		for _, s := range here {
			if s.kind == "float" || s.kind == "histogram" {
				all[p.series].places[p.at] = true
				all[p.series].described[s.kind+" "+s.metadata] = true
				all[p.series].values[s.value+s.start] = true
			}
		}
	}
	return all
}

func (c *comparison) differ(format string, values ...any) {
	c.differences = append(c.differences, c.fixture+": "+fmt.Sprintf(format, values...))
}

func byPlace(a, b place) int {
	if order := strings.Compare(a.series, b.series); order != 0 {
		return order
	}
	return strings.Compare(a.at, b.at)
}

func list(samples []sample) string {
	if len(samples) == 0 {
		return "nothing"
	}
	texts := make([]string, len(samples))
	for i, s := range samples {
		texts[i] = s.String()
	}
	return strings.Join(texts, "; ")
}
