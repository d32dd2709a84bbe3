package translate

import (
	"fmt"
	"net"
	"os"

	"go.yaml.in/yaml/v3"
)

const (
	statusID = "delivery_status"
	healthID = "health_check"
	// selfJob is the job of the collector's own metrics, named as in agent.yaml.
	selfJob = "msp-collector"
)

// ownExtensions are the extensions that every shipped configuration has: the status page, which the
// health check of the image asks, and health_check where its address is set.
func (t *translation) ownExtensions() (ids []string, definitions []*yaml.Node) {
	ids, definitions = []string{statusID}, []*yaml.Node{mapping("endpoint", t.variable("", statusVariable, defaultStatusEndpoint))}
	if os.Getenv(healthVariable) != "" {
		ids, definitions = append(ids, healthID), append(definitions, mapping("endpoint", t.variable("", healthVariable, "127.0.0.1:13133")))
	}
	t.added("the status page at %s (%s moves it)", valueOf(statusVariable, defaultStatusEndpoint), statusVariable)
	return ids, definitions
}

// telemetry is the service's own: where it serves its metrics. Stack traces would make each target that
// does not answer, and each refused file, a page of the log.
func (t *translation) telemetry() *yaml.Node {
	port := t.variable("", telemetryVariable, defaultTelemetryPort)
	if t.secrets == Carried {
		port.Tag = "!!int"
	}
	prometheus := mapping("host", text(telemetryHost), "port", port)
	return mapping(
		"logs", mapping("disable_stacktrace", boolean(true)),
		"metrics", mapping("readers", list(mapping("pull", mapping("exporter", mapping("prometheus", prometheus))))),
	)
}

// scrapeOwn adds the job that delivers the collector's own metrics, for the alerts and the dashboard. A
// job of the file that has its name takes its place.
func (t *translation) scrapeOwn(scraping *yaml.Node) {
	if !selfScrape() {
		return
	}
	_, jobs := lookup(scraping, "scrape_configs")
	for _, job := range items(jobs) {
		if _, name := lookup(job, "job_name"); name != nil && name.Value == selfJob {
			return
		}
	}
	group := mapping("targets", list(t.variable(telemetryHost+":", telemetryVariable, defaultTelemetryPort)))
	// Each host's collector has the same address. To a destination they would be one.
	if host := os.Getenv("HOSTNAME"); host != "" {
		set(group, "labels", mapping("instance", t.variable("", "HOSTNAME", telemetryHost)))
	}
	jobs.Content = append(jobs.Content, mapping(
		"job_name", text(selfJob), "scrape_interval", text("15s"), "static_configs", list(group)))
	t.added("the job %s, which delivers the collector's own metrics from %s (%s moves them, %s=false leaves the job out)",
		selfJob, net.JoinHostPort(telemetryHost, valueOf(telemetryVariable, defaultTelemetryPort)), telemetryVariable, selfScrapeVariable)
}

func (t *translation) added(format string, arguments ...any) {
	t.result.Added = append(t.result.Added, fmt.Sprintf(format, arguments...))
}
