package dropin

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// External labels are expanded from the environment; both scrapers have that of the test.
func TestMain(m *testing.M) {
	_ = os.Setenv("DROPIN_REGION", "cn-hangzhou")
	os.Exit(m.Run())
}

// sideBySide is how many files are run at once. They mostly wait: a Prometheus looks for targets after 5 s.
const sideBySide = 8

// Each of testdata/files, by a Prometheus and by the collector.
func TestFilesDoWhatTheyDoInPrometheus(t *testing.T) {
	files := loadFiles(t)
	require.GreaterOrEqual(t, len(files), 30)
	var mu sync.Mutex
	table := map[string]string{}
	var all sync.WaitGroup
	room := make(chan struct{}, sideBySide)
	for _, f := range files {
		all.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			t.Run(f.name, func(t *testing.T) {
				row := f.run(t)
				mu.Lock()
				defer mu.Unlock()
				table[f.name] = row
			})
		})
	}
	all.Wait()
	var lines strings.Builder
	for _, name := range slices.Sorted(maps.Keys(table)) {
		fmt.Fprintf(&lines, "%-28s %s\n", name, table[name])
	}
	t.Logf("files, with what was compared and what differs:\n%s", lines.String())
}

// pair is a scraper with its targets and endpoints.
type pair struct {
	targets   *targets
	endpoints []*harness.Endpoint
	directory string
}

const endpointsOfFile = 2

func newPair(t *testing.T, f *file) *pair {
	t.Helper()
	p := &pair{targets: startTargets(t), directory: t.TempDir()}
	var endpoints []string
	for i := range endpointsOfFile {
		endpoint := harness.StartEndpoint(nil)
		t.Cleanup(endpoint.Close)
		p.endpoints = append(p.endpoints, endpoint)
		endpoints = append(endpoints, fmt.Sprintf("ENDPOINT_%d", i+1), endpoint.URL)
	}
	place := strings.NewReplacer(append(endpoints, "AUTHORITY_FILE", p.targets.authority)...)
	for name, content := range f.content {
		write(t, filepath.Join(p.directory, name), place.Replace(p.targets.place(content)))
	}
	return p
}

func (f *file) run(t *testing.T) string {
	t.Helper()
	one, other := newPair(t, f), newPair(t, f)
	content, err := os.ReadFile(filepath.Join(one.directory, "prometheus.yml"))
	require.NoError(t, err)
	prometheus, err := harness.StartPrometheus(deadline(t), harness.PrometheusSettings{
		Directory: one.directory, Config: string(content), Users: []harness.AccessKey{harness.NewAccessKey()}, Features: []string{"exemplar-storage"},
	})
	require.NoError(t, err)
	t.Cleanup(func() {
		prometheus.Stop()
		if t.Failed() {
			t.Logf("last output of Prometheus:\n%s", prometheus.Output.Tail(15))
		}
	})
	// Prometheus sends nothing that is older than its start, and scrapes nothing in its first 5 s.
	began := time.Now()
	one.targets.begin(began)
	other.targets.begin(began)
	collector := startCollector(t, "prometheus:"+filepath.Join(other.directory, "prometheus.yml"))
	require.NoError(t, harness.Until(deadline(t), "both have scraped everything", func(context.Context) error {
		return bothScraped(one.targets, other.targets)
	}))
	targets, labels := f.compareTargets(t, prometheus, collector, one.targets)
	recordings := [2][]*recording{one.arrived(t), other.arrived(t)}
	series, samples := 0, 0
	var found []string
	for i := range recordings[0] {
		series += len(recordings[0][i].series)
		samples += recordings[0][i].samples
		for _, difference := range differences(recordings[0][i], recordings[1][i]) {
			found = append(found, fmt.Sprintf("ENDPOINT_%d: %s", i+1, difference))
		}
	}
	assert.NotZero(t, series)
	assert.Empty(t, found, strings.Join(found, "\n"))
	if !f.own() {
		assert.ElementsMatch(t, labels, recordings[1][0].up, "labels of active targets")
	}
	return fmt.Sprintf("%s, %4d series, %5d samples: %d differ", targets, series, samples, len(found))
}

func bothScraped(one, other *targets) error {
	first, _, err := one.scraped()
	second, _, otherErr := other.scraped()
	switch {
	case err != nil || otherErr != nil:
		return errors.Join(err, otherErr)
	case len(first) == 0 || !slices.Equal(first, second):
		return fmt.Errorf("Prometheus scrapes %q, the collector %q", first, second)
	}
	return nil
}

// arrived waits until all that was scraped while everything was scraped often enough has arrived.
func (p *pair) arrived(t *testing.T) (all []*recording) {
	t.Helper()
	_, end, err := p.targets.scraped()
	require.NoError(t, err)
	for i, endpoint := range p.endpoints {
		var r *recording
		require.NoError(t, harness.Until(deadline(t), "everything has arrived", func(context.Context) (err error) {
			if r, err = record(endpoint.Received(), p.targets.name, p.targets.began, end); err != nil {
				return err
			}
			if (i == 0 || endpoint.Count() > 0) && r.last.Before(end.Add(2*time.Second)) {
				return fmt.Errorf("the last sample is of %v", r.last)
			}
			return nil
		}))
		all = append(all, r)
	}
	return all
}
