package identity

import (
	"fmt"
	"slices"

	"github.com/msp-collector/msp-collector/test/harness"
)

// removed is where the staleness markers of a target stand that discovery has removed: after how many scrapes that was is
// not the same for two scrapers.
const removed = "removal"

// turns are the times of a target's scrapes, which its series up tells.
type turns struct {
	times   []int64 // in ascending order
	removal int64   // when up itself became stale
}

// noteTurns notes the times of a series up that is the scraper's own.
func noteTurns(all map[string]*turns, series *harness.WrittenSeries) {
	name := series.Label(fixtureLabel)
	if all[name] == nil {
		all[name] = &turns{}
	}
	if series.Label("__name__") != "up" || series.Label("mode") != "" {
		return
	}
	t := all[name]
	for _, s := range series.Samples {
		if s.Bits == staleNaN {
			t.removal = s.Timestamp
			continue
		}
		if index, known := slices.BinarySearch(t.times, s.Timestamp); !known {
			t.times = slices.Insert(t.times, index, s.Timestamp)
		}
	}
}

// at names a time. relative: it is a scrape's and not one that was exposed. wanted is false for scrapes beyond the first ones,
// which are not compared.
func (t *turns) at(timestamp int64, scrapes int) (name string, relative, wanted bool) {
	if timestamp == t.removal {
		return removed, true, true
	}
	if index, known := slices.BinarySearch(t.times, timestamp); known {
		return fmt.Sprintf("scrape %d", index+1), true, index < scrapes
	}
	return fmt.Sprintf("time %d", timestamp), false, true
}

// start names a created timestamp.
func (t *turns) start(timestamp int64) string {
	if timestamp == 0 {
		return ""
	}
	name, _, _ := t.at(timestamp, 0)
	return "since " + name
}
