package translate

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/discovery/file"

	"github.com/msp-collector/msp-collector/internal/filemode"
)

// prometheusItself are the targets by which Prometheus scrapes itself.
var prometheusItself = []string{"localhost:9090", "127.0.0.1:9090", "[::1]:9090"}

// warn collects what is valid and yet probably not meant. jobs are all jobs, as Prometheus read them.
func (t *translation) warn(jobs []*config.ScrapeConfig) {
	t.warnOfExposed(t.source.Path, t.loaded)
	for _, included := range t.source.Included {
		if loaded, err := loadIncluded(included.Content); err == nil { // it was read before
			t.warnOfExposed(included.Path, loaded)
		}
	}
	t.warnOfNoPath()
	for _, job := range jobs {
		t.warnOfPrometheusItself(job)
		t.warnOfNoFile(job)
	}
}

func (t *translation) warning(format string, arguments ...any) {
	t.result.Warnings = append(t.result.Warnings, fmt.Sprintf(format, arguments...))
}

// warnOfExposed is about a secret in a file that every user of the host can read.
func (t *translation) warnOfExposed(path string, loaded any) {
	command := filemode.Exposed(path)
	if command == "" {
		return
	}
	found := false
	eachSecret(reflect.ValueOf(loaded), func(secret string) { found = found || secret != "" })
	if whole, ok := loaded.(*config.Config); ok {
		found = found || slices.ContainsFunc(whole.RemoteWriteConfigs, func(w *config.RemoteWriteConfig) bool { return w.URL.User != nil })
	}
	if found {
		t.warning("%s holds a secret and can be read by every user of this host: run %s", path, command)
	}
}

// warnOfPrometheusItself is about a job whose only target was the Prometheus that the collector replaces.
func (t *translation) warnOfPrometheusItself(job *config.ScrapeConfig) {
	var targets []string
	for _, discovered := range job.ServiceDiscoveryConfigs {
		static, ok := discovered.(discovery.StaticConfig)
		if !ok {
			return
		}
		for _, group := range static {
			for _, labels := range group.Targets {
				targets = append(targets, string(labels["__address__"]))
			}
		}
	}
	if len(targets) != 1 || !slices.Contains(prometheusItself, targets[0]) {
		return
	}
	own := "the collector's own metrics come by the job " + selfJob
	if !selfScrape() {
		own = "the collector's own metrics are at " + telemetryHost + ":" + valueOf(telemetryVariable, defaultTelemetryPort)
	}
	t.warning("job %q scrapes only %s, which was Prometheus itself and is down when that is stopped: remove the job; %s", job.JobName, targets[0], own)
}

// warnOfNoFile is about file_sd patterns that match nothing.
func (t *translation) warnOfNoFile(job *config.ScrapeConfig) {
	for _, discovered := range job.ServiceDiscoveryConfigs {
		files, ok := discovered.(*file.SDConfig)
		if !ok {
			continue
		}
		for _, pattern := range files.Files {
			if found, err := filepath.Glob(pattern); err == nil && len(found) == 0 {
				t.warning("job %q: no file matches %s of file_sd_configs, so it yields no targets until one is there", job.JobName, pattern)
			}
		}
	}
}

// warnOfNoPath is about remote write URLs that end with host and port. Those of Alibaba Cloud are refused.
func (t *translation) warnOfNoPath() {
	for i, w := range t.loaded.RemoteWriteConfigs {
		if strings.Trim(w.URL.Path, "/") == "" {
			t.warning("remote_write[%d]: the url of %s has no path: endpoints of remote write have one, such as /api/v1/write", i, w.URL.Host)
		}
	}
}
