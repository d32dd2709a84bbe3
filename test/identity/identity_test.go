package identity

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

const compared = 7 // scrapes of each target

// removedFixture is the target that discovery takes away in the end.
const removedFixture = "removed"

// TestTheCollectorSendsWhatPrometheusSends is the proof; the package says what it covers.
func TestTheCollectorSendsWhatPrometheusSends(t *testing.T) {
	for name, startTimestamps := range map[string]bool{"as_exposed": false, "start_timestamps": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := startRun(t, startTimestamps, func(fixtures []fixture) ([]*scraper, string) { return startScrapers(t, fixtures, startTimestamps) })
			r.until(t, "the targets were scraped", r.scraped)
			r.without(t, removedFixture)
			r.until(t, "the removed target is stale", r.removedIsStale)
			for _, s := range r.scrapers {
				s.stop()
			}
			r.compare(t)
			r.restart(t)
		})
	}
}

// compare compares both collectors with Prometheus, in both versions of remote write.
func (r *run) compare(t *testing.T) {
	live := map[string]bool{}
	for _, f := range r.fixtures {
		live[f.name] = f.live
	}
	wanted := r.scrapers[0].read(t)
	for version, want := range wanted {
		r.saysSomething(t, version, want)
	}
	for _, s := range r.scrapers[1:] {
		sent := s.read(t)
		t.Run(s.name+"/1.0", func(t *testing.T) {
			families := compareFamilies(wanted["1.0"].families, sent["1.0"].families, briefly)
			report(t, append(compare(wanted["1.0"], sent["1.0"], live), families))
		})
		t.Run(s.name+"/2.0", func(t *testing.T) {
			if !r.startTimestamps { // nor series_metadata
				report(t, compare(wanted["2.0"], sent["2.0"], live))
				return
			}
			metadata := compareMetadata(wanted["1.0"].families, r.known, sent["2.0"])
			report(t, append(compare(wanted["2.0"], sent["2.0"].withoutMetadata(), live), metadata))
		})
	}
}

// saysSomething requires that the reference has everything that the comparison is about.
func (r *run) saysSomething(t *testing.T, version string, want *recording) {
	t.Helper()
	kinds := want.kinds()
	for _, kind := range []string{"float", "histogram", "stale", "exemplar"} {
		assert.Greater(t, kinds[kind], 10, "%s of remote write %s", kind, version)
	}
	if version == "1.0" {
		assert.Greater(t, len(want.families), 100, "families of remote write 1.0")
	}
	if version == "2.0" && r.startTimestamps {
		assert.Greater(t, kinds[withStart], 10, "created timestamps of remote write 2.0")
	} else {
		assert.Zero(t, kinds[withStart], "created timestamps of remote write %s", version)
	}
	for _, f := range r.fixtures {
		assert.NotEmpty(t, samplesOf(want, f.name), "fixture %s, remote write %s", f.name, version)
	}
}
