package identity

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// restart starts the scrapers anew: none of them writes a staleness marker because of that.
func (r *run) restart(t *testing.T) {
	before := map[*recorder]int{}
	require.NoError(t, r.eachRecorder(func(_ *scraper, _ string, rec *recorder) error {
		before[rec] = rec.seen
		rec.turns = map[string]*turns{}
		return nil
	}))
	for _, s := range r.scrapers {
		require.NoError(t, s.start())
	}
	r.until(t, "the targets are scraped again", func(context.Context) error {
		return r.eachRecorder(func(_ *scraper, _ string, rec *recorder) error {
			for _, f := range r.fixtures {
				if n := rec.scrapes(f.name); n < 2 {
					return fmt.Errorf("%d scrapes of %s", n, f.name)
				}
			}
			return nil
		})
	})
	for _, s := range r.scrapers {
		s.stop()
	}
	require.NoError(t, r.eachRecorder(func(s *scraper, version string, rec *recorder) error {
		r.noMarkers(t, s.name+"/"+version, rec.endpoint.Received()[before[rec]:])
		return nil
	}))
}

func (r *run) noMarkers(t *testing.T, who string, requests []harness.Received) {
	t.Helper()
	live := map[string]bool{}
	for _, f := range r.fixtures {
		live[f.name] = f.live
	}
	for i := range requests {
		for _, series := range requests[i].Series {
			for _, s := range series.Samples {
				if !live[series.Label(fixtureLabel)] && series.Label("is") != exposedStale {
					assert.NotEqual(t, uint64(staleNaN), s.Bits, "%s: %s is stale after a restart", who, series.String())
				}
			}
		}
	}
}
