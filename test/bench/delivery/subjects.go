package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/msp-collector/msp-collector/test/harness"
)

// site is where a subject works.
type site struct {
	directory string // its own
	targets   string // the file_sd file
	interval  time.Duration
	endpoint  string // URL to deliver to
	pprof     string // address, when it is to be profiled
}

// running is a subject at work.
type running struct {
	*harness.Process
	otlp  string // URL, of a collector
	write string // URL, of a gateway
}

// subject is something that delivers.
type subject struct {
	name  string
	sinks bool // whether what it scrapes arrives anywhere
	start func(context.Context, site) (running, error)
}

const (
	contribName = "prometheus_remote_write"
	managedName = "managed_prometheus"
	scrapeName  = "prometheus_scrape"
)

// The collectors run on standard.yaml without its authenticator; they differ in the exporter.
var (
	agentSubject   = subject{"Prometheus agent", true, startAgent}
	vmagentSubject = subject{"vmagent", true, startVMAgent}
	contribSubject = subject{"collector, " + contribName, true, collector(contribOverride, scrapeOverride)}
	managedSubject = subject{"collector, " + managedName, true, collector(managedOverride, scrapeOverride)}
	nothingSubject = subject{"collector, receiver alone", false, collector(nothingOverride, scrapeOverride)}
	ownSubject     = subject{scrapeName + ", " + managedName, true, collector(managedOverride, ownScrapeOverride)}
	ownAlone       = subject{scrapeName + " alone", false, collector(nothingOverride, ownScrapeOverride)}

	pushedContrib = subject{contribSubject.name, true, collector(contribOverride, otlpOverride)}
	pushedManaged = subject{managedSubject.name, true, collector(managedOverride, otlpOverride)}
)

// chosen leaves out the subjects that are not wanted.
func (s settings) chosen(subjects ...subject) []subject {
	return slices.DeleteFunc(subjects, func(subject subject) bool { return !regexp.MustCompile(s.only).MatchString(subject.name) })
}

func startAgent(_ context.Context, s site) (running, error) {
	r, _, err := runAgent(s, fmt.Sprintf(`
global: {scrape_interval: %s, external_labels: {cluster: bench}}
scrape_configs: [{job_name: node, file_sd_configs: [{files: [%q]}]}]
remote_write: [{url: %q}]
`, s.interval, s.targets, s.endpoint))
	return r, err
}

// runAgent runs a Prometheus agent on a configuration.
func runAgent(s site, config string, args ...string) (r running, address string, err error) {
	binary, err := harness.Binary("prometheus")
	if err != nil {
		return r, "", err
	}
	if address, err = harness.FreeAddress(); err != nil {
		return r, "", err
	}
	path := filepath.Join(s.directory, "prometheus.yml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		return r, "", err
	}
	r.Process, err = harness.StartProcess(binary, append([]string{
		"--agent", "--config.file=" + path, "--web.listen-address=" + address, "--storage.agent.path=" + filepath.Join(s.directory, "data"),
	}, args...), nil)
	return r, address, err
}

func startVMAgent(_ context.Context, s site) (running, error) {
	binary, err := harness.Binary("vmagent")
	if err != nil {
		return running{}, err
	}
	address, err := harness.FreeAddress()
	if err != nil {
		return running{}, err
	}
	path := filepath.Join(s.directory, "prometheus.yml")
	config := fmt.Sprintf("global: {scrape_interval: %s}\nscrape_configs: [{job_name: node, file_sd_configs: [{files: [%q]}]}]\n", s.interval, s.targets)
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		return running{}, err
	}
	process, err := harness.StartProcess(binary, []string{
		"-promscrape.config=" + path, "-httpListenAddr=" + address, "-remoteWrite.url=" + s.endpoint, "-remoteWrite.label=cluster=bench",
		"-remoteWrite.forcePromProto", "-remoteWrite.tmpDataPath=" + filepath.Join(s.directory, "data"),
	}, nil)
	return running{Process: process}, err
}

// collector starts the collector with overrides on standard.yaml.
func collector(overrides ...func(site) string) func(context.Context, site) (running, error) {
	return func(ctx context.Context, s site) (running, error) {
		settings := harness.CollectorSettings{
			Config: "standard.yaml", Directory: s.directory, RemoteWriteURL: s.endpoint, Env: []string{"MSP_CLUSTER=bench"},
			Overrides: []string{`yaml:service: {extensions: [health_check]}`},
		}
		if s.pprof != "" {
			settings.Overrides = []string{fmt.Sprintf(`yaml:{extensions: {pprof: {endpoint: %q}}, service: {extensions: [health_check, pprof]}}`, s.pprof)}
		}
		for _, override := range overrides {
			settings.Overrides = append(settings.Overrides, "yaml:"+override(s))
		}
		c, err := harness.StartCollector(ctx, settings)
		if err != nil {
			return running{}, err
		}
		return running{Process: c.Process, otlp: c.OTLPURL}, nil
	}
}

func scrapeOverride(s site) string {
	return fmt.Sprintf(
		`receivers: {prometheus: {config: {scrape_configs: [{job_name: node, scrape_interval: %s, file_sd_configs: [{files: [%q]}]}]}}}`,
		s.interval, s.targets)
}

func ownScrapeOverride(s site) string {
	return fmt.Sprintf(`{receivers: {prometheus_scrape: {config: {scrape_configs: [{job_name: node, scrape_interval: %s, file_sd_configs: [{files: [%q]}]}]}}},
service: {pipelines: {metrics: {receivers: [prometheus_scrape]}}}}`, s.interval, s.targets)
}

func otlpOverride(site) string {
	return `{receivers: {otlp: {protocols: {http: {endpoint: "${env:MSP_OTLP_HTTP_ENDPOINT}"}}}}, service: {pipelines: {metrics: {receivers: [otlp]}}}}`
}

func contribOverride(site) string {
	return `exporters: {prometheus_remote_write: {http: {auth: null}}}`
}

func managedOverride(s site) string {
	return fmt.Sprintf(`{exporters: {managed_prometheus: {
  http: {endpoint: %q}, wal: {directory: %q}, external_labels: {cluster: bench},
  otlp: {translation_strategy: UnderscoreEscapingWithoutSuffixes, target_info: false}}},
service: {pipelines: {metrics: {exporters: [managed_prometheus]}}}}`, s.endpoint, filepath.Join(s.directory, "wal"))
}

func nothingOverride(site) string {
	return `{exporters: {debug: {verbosity: basic, sampling_initial: 1, sampling_thereafter: 100000}},
service: {pipelines: {metrics: {exporters: [debug]}}}}`
}
