package identity

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// run is one set of scrapers with their targets.
type run struct {
	server    *server
	fixtures  []fixture
	addresses map[string]string // of live targets
	scrapers  []*scraper
	described map[*recorder]int // how much metadata had come when the last sample to compare had come
	known     targetFamilies
	asked     time.Time // when known was brought up to date

	startTimestamps bool
}

// startRun starts scrapers and everything that they scrape. start starts the former; it returns where the reference listens.
func startRun(t *testing.T, startTimestamps bool, start func(fixtures []fixture) (all []*scraper, address string)) *run {
	t.Helper()
	node, err := harness.StartNodeExporter(deadline(t), t.TempDir())
	require.NoError(t, err)
	t.Cleanup(node.Stop)
	r := &run{fixtures: append(loadFixtures(t), liveFixtures()...), described: map[*recorder]int{}, known: targetFamilies{}, startTimestamps: startTimestamps}
	r.server = startServer(t, r.fixtures)
	var prometheus string
	r.scrapers, prometheus = start(r.fixtures)
	r.addresses = map[string]string{"node_exporter": node.Address, "prometheus": prometheus}

	base := time.Now()
	r.server.begin(base)
	r.until(t, "the moments to expose are in the past", func(context.Context) error {
		if time.Since(base) < 100*time.Millisecond {
			return errors.New("not yet")
		}
		return nil
	})
	r.tell(t)
	return r
}

// liveFixtures are real programs. The password is that of the Prometheus.
func liveFixtures() []fixture {
	return []fixture{
		{name: "node_exporter", live: true},
		{name: "prometheus", live: true, job: map[string]any{
			"basic_auth": map[string]any{"username_file": "user", "password_file": "password"},
		}},
	}
}

// tell tells all scrapers their targets.
func (r *run) tell(t *testing.T) {
	t.Helper()
	for _, s := range r.scrapers {
		s.writeTargets(t, r.server, r.fixtures, r.addresses)
	}
}

// without takes a target away.
func (r *run) without(t *testing.T, name string) {
	t.Helper()
	var left []fixture
	for _, f := range r.fixtures {
		if f.name != name {
			left = append(left, f)
		}
	}
	r.fixtures = left
	r.tell(t)
}

func (r *run) until(t *testing.T, what string, condition func(context.Context) error) {
	t.Helper()
	begun := time.Now()
	defer func() { t.Logf("%v until %s", time.Since(begun).Round(100*time.Millisecond), what) }()
	require.NoError(t, harness.Until(deadline(t), what, condition))
}

func (r *run) eachRecorder(visit func(s *scraper, version string, rec *recorder) error) error {
	for _, s := range r.scrapers {
		for version, rec := range s.recorders {
			rec.look()
			if err := visit(s, version, rec); err != nil {
				return fmt.Errorf("%s, remote write %s: %w", s.name, version, err)
			}
		}
	}
	return nil
}

// scraped is nil when everything to compare has arrived: of each target one scrape more, since samples come in order, and
// with 1.0 metadata.
func (r *run) scraped(ctx context.Context) error {
	if time.Since(r.asked) > time.Second {
		r.asked = time.Now()
		if err := r.known.learn(ctx, r.scrapers[0].prometheus); err != nil {
			return err
		}
	}
	return r.eachRecorder(func(_ *scraper, version string, rec *recorder) error {
		for _, f := range r.fixtures {
			if n := rec.scrapes(f.name); n <= compared {
				return fmt.Errorf("%d scrapes of %s", n, f.name)
			}
		}
		if r.described[rec] == 0 {
			r.described[rec] = rec.described + 1
		}
		if version == "1.0" && rec.described <= r.described[rec] {
			return errors.New("metadata are to come")
		}
		return nil
	})
}

func (r *run) removedIsStale(context.Context) error {
	return r.eachRecorder(func(_ *scraper, _ string, rec *recorder) error {
		if rec.turns[removedFixture].removal == 0 {
			return errors.New("no staleness marker yet")
		}
		return nil
	})
}
