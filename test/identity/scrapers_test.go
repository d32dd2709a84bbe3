package identity

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/msp-collector/msp-collector/test/harness"
)

// Who scrapes: the reference, and the collector in the two ways that its receiver hands series on.
const (
	reference = "prometheus"
	packed    = "packed"   // nothing looks at the series between receiver and exporter
	unpacked  = "unpacked" // behind a processor that changes data
)

var scrapers = []string{reference, packed, unpacked}

// messages are the versions of remote write, by the name of their message in both configurations.
var messages = map[string]string{"1.0": "prometheus.WriteRequest", "2.0": "io.prometheus.write.v2.Request"}

const patience = 3 * time.Minute

// scraper is a running one, and where it sends to.
type scraper struct {
	name      string
	directory string
	recorders map[string]*recorder // by version of remote write
	start     func() error         // starts it anew after stop
	stop      func()

	prometheus *harness.Prometheus // of the reference
	agent      bool                // it is a Prometheus agent
	senders    string              // further entries of its remote_write
}

func startScrapers(t *testing.T, fixtures []fixture, startTimestamps bool) (all []*scraper, address string) {
	t.Helper()
	key := harness.NewAccessKey()
	address, err := harness.FreeAddress()
	require.NoError(t, err)
	for _, name := range scrapers {
		one := newScraper(t, name)
		one.prepare(t, fixtures, key)
		if name == reference {
			one.startPrometheus(t, address, key, startTimestamps)
		} else {
			one.startCollector(t, startTimestamps)
		}
		all = append(all, one)
	}
	return all, address
}

func newScraper(t *testing.T, name string) *scraper {
	t.Helper()
	s := &scraper{name: name, directory: t.TempDir(), recorders: map[string]*recorder{}}
	for version := range messages {
		endpoint := harness.StartEndpoint(nil)
		t.Cleanup(endpoint.Close)
		s.recorders[version] = newRecorder(endpoint)
	}
	return s
}

// prepare writes what tells it what to scrape.
func (s *scraper) prepare(t *testing.T, fixtures []fixture, key harness.AccessKey) {
	t.Helper()
	s.write(t, "scrapes.yml", scrapeConfigs(t, fixtures))
	s.write(t, "user", key.ID)
	s.write(t, "password", key.Secret)
	s.write(t, "targets.json", "[]")
}

func (s *scraper) write(t *testing.T, name, content string) {
	t.Helper()
	path := filepath.Join(s.directory, name)
	require.NoError(t, os.WriteFile(path+".next", []byte(content), 0o600))
	require.NoError(t, os.Rename(path+".next", path))
}

func (s *scraper) startPrometheus(t *testing.T, address string, key harness.AccessKey, startTimestamps bool) {
	t.Helper()
	template, err := os.ReadFile("testdata/prometheus.yml")
	require.NoError(t, err)
	settings := harness.PrometheusSettings{
		Directory: s.directory, Address: address, Users: []harness.AccessKey{key}, Agent: s.agent,
		Config:   strings.NewReplacer("ENDPOINT_V1", s.recorders["1.0"].endpoint.URL, "ENDPOINT_V2", s.recorders["2.0"].endpoint.URL).Replace(string(template)) + s.senders,
		Features: []string{"exemplar-storage", "metadata-wal-records"},
	}
	if startTimestamps {
		settings.Features = append(settings.Features, "st-storage", "xor2-encoding")
	}
	s.start = func() (err error) {
		s.prometheus, err = harness.StartPrometheus(deadline(t), settings)
		return err
	}
	s.stop = func() { s.prometheus.Stop() }
	require.NoError(t, s.start())
	t.Cleanup(func() { s.stop(); show(t, s.name, s.prometheus.Process) })
}

func (s *scraper) startCollector(t *testing.T, startTimestamps bool) {
	t.Helper()
	config, err := os.ReadFile("testdata/collector.yaml")
	require.NoError(t, err)
	s.write(t, "collector.yaml", string(config))
	processors, start := "[]", "false"
	if s.name == unpacked {
		processors = "[attributes]"
	}
	if startTimestamps {
		start = "true"
	}
	var collector *harness.Collector
	collector, err = harness.StartCollector(deadline(t), harness.CollectorSettings{
		Config: filepath.Join(s.directory, "collector.yaml"), Directory: s.directory,
		Env: []string{
			"IDENTITY_V1=" + s.recorders["1.0"].endpoint.URL, "IDENTITY_V2=" + s.recorders["2.0"].endpoint.URL,
			"IDENTITY_PROCESSORS=" + processors, "IDENTITY_FEATURES=" + start,
		},
	})
	require.NoError(t, err)
	s.start = func() error { return collector.Restart(deadline(t)) }
	s.stop = func() { collector.Stop() }
	t.Cleanup(func() { collector.Stop(); show(t, s.name, collector.Process) })
}

func show(t *testing.T, name string, process *harness.Process) {
	if t.Failed() {
		t.Logf("last output of %s:\n%s", name, process.Output.Tail(15))
	}
}

func deadline(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// scrapeConfigs is the one text by which all scrape. All jobs read the same file of targets, and keep their own.
func scrapeConfigs(t *testing.T, fixtures []fixture) string {
	t.Helper()
	var jobs []map[string]any
	for _, f := range fixtures {
		job := map[string]any{
			"job_name":        f.name,
			"file_sd_configs": []any{map[string]any{"files": []string{"targets.json"}}},
		}
		for key, value := range f.job {
			job[key] = value
		}
		own, _ := f.job["relabel_configs"].([]any)
		job["relabel_configs"] = append([]any{
			map[string]any{"source_labels": []string{fixtureLabel}, "regex": f.name, "action": "keep"},
		}, own...)
		jobs = append(jobs, job)
	}
	text, err := yaml.Marshal(map[string]any{"scrape_configs": jobs})
	require.NoError(t, err)
	return string(text)
}

// writeTargets tells a scraper its targets.
func (s *scraper) writeTargets(t *testing.T, from *server, fixtures []fixture, addresses map[string]string) {
	t.Helper()
	type group struct {
		Targets []string          `json:"targets"`
		Labels  map[string]string `json:"labels"`
	}
	groups := []group{}
	for _, f := range fixtures {
		address, private := from.address(s.name, f.name)
		labels := map[string]string{fixtureLabel: f.name, "__metrics_path__": "/" + f.name, "__param_" + scraperParameter: s.name}
		if private {
			labels["instance"] = f.name + ":80"
		}
		if f.live {
			address, labels["__metrics_path__"] = addresses[f.name], "/metrics"
		}
		groups = append(groups, group{[]string{address}, labels})
	}
	content, err := json.Marshal(groups)
	require.NoError(t, err)
	s.write(t, "targets.json", string(content))
}
