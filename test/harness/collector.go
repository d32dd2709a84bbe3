package harness

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// CollectorSettings say how a collector is started. Ports that are not named here are free ones.
type CollectorSettings struct {
	Config         string   // name of a file in distribution/config, or an absolute path
	Overrides      []string // further --config arguments, such as yaml:receivers::...
	Directory      string   // for state, and for targets and key unless named
	RemoteWriteURL string
	AccessKeyFile  string // Directory/accesskey.json when empty
	Env            []string
	Reloads        bool      // ReloadAll will be called
	Log            io.Writer // gets a copy of what the collector prints, when set
}

// Collector is a running msp-collector.
type Collector struct {
	*Process
	Config        string // the file it runs on
	AccessKeyFile string
	HealthURL     string
	StatusURL     string // of delivery_status, where the configuration has it
	MetricsURL    string
	OTLPURL       string // OTLP/HTTP, where the configuration has a receiver
	WriteURL      string // remote write, likewise

	reloads reloads
	start   func(ctx context.Context, overrides []string) error // runs it, on the same ports and state each time
}

// collectorPlan is everything needed to run the binary on a configuration.
type collectorPlan struct {
	binary string
	args   []string // the --config arguments
	env    []string
	Collector
}

// StartCollector starts the collector and waits until its health check answers 200.
func StartCollector(ctx context.Context, settings CollectorSettings) (*Collector, error) {
	plan, err := settings.plan()
	if err != nil {
		return nil, err
	}
	c := plan.Collector
	c.start = func(ctx context.Context, overrides []string) error {
		args := append(slices.Clone(plan.args), overrideArgs(overrides)...)
		process, err := StartProcess(plan.binary, args, plan.env, settings.copies()...)
		if c.Process = process; err != nil {
			return err
		}
		return c.Healthy(ctx)
	}
	if err := c.start(ctx, nil); err != nil {
		c.Stop()
		return nil, err
	}
	return &c, nil
}

// RunCollector runs the collector's `validate`, or another subcommand, to its end and returns what it printed.
func RunCollector(ctx context.Context, settings CollectorSettings, subcommand string) (string, error) {
	plan, err := settings.plan()
	if err != nil {
		return "", err
	}
	process, err := StartProcess(plan.binary, append([]string{subcommand}, plan.args...), plan.env)
	if err != nil {
		return "", err
	}
	defer process.Stop()
	err = process.Wait(ctx)
	return process.Output.String(), err
}

func (s CollectorSettings) copies() []io.Writer {
	if s.Log == nil {
		return nil
	}
	return []io.Writer{s.Log}
}

func (s CollectorSettings) plan() (collectorPlan, error) {
	var plan collectorPlan
	var err error
	if plan.binary, err = Binary("msp-collector"); err != nil {
		return plan, err
	}
	config, err := ConfigFile(s.Config)
	if err != nil {
		return plan, err
	}
	plan.Config = config
	plan.args = []string{"--config=" + config}
	plan.args = append(plan.args, overrideArgs(s.Overrides)...)
	if s.AccessKeyFile == "" {
		s.AccessKeyFile = filepath.Join(s.Directory, "accesskey.json")
	}
	plan.AccessKeyFile = s.AccessKeyFile
	state := filepath.Join(s.Directory, "state")
	if err := os.MkdirAll(state, 0o700); err != nil {
		return plan, err
	}
	if s.Reloads {
		plan.reloads.path = filepath.Join(state, "reload.yaml")
		plan.args = append(plan.args, "--config="+plan.reloads.path)
		if err := plan.reloads.write(); err != nil {
			return plan, err
		}
	}
	return plan, plan.assign(s, state)
}

// queryURL is where a Prometheus that takes remote write answers queries.
func queryURL(remoteWriteURL string) string {
	return strings.TrimSuffix(remoteWriteURL, "/api/v1/write")
}

// assign picks the ports and sets the environment the configuration files read.
func (p *collectorPlan) assign(s CollectorSettings, state string) error {
	var addresses [6]string
	for i := range addresses {
		var err error
		if addresses[i], err = FreeAddress(); err != nil {
			return err
		}
	}
	health, metrics, grpc, http := addresses[0], addresses[1], addresses[2], addresses[3]
	_, metricsPort, err := net.SplitHostPort(metrics)
	if err != nil {
		return fmt.Errorf("metrics address: %w", err)
	}
	p.HealthURL = "http://" + health
	p.StatusURL = "http://" + addresses[5]
	p.MetricsURL = "http://" + metrics + "/metrics"
	p.OTLPURL = "http://" + http
	p.WriteURL = "http://" + addresses[4] + "/api/v1/write"
	p.env = append([]string{
		"MSP_REMOTE_WRITE_URL=" + s.RemoteWriteURL,
		"MSP_QUERY_URL=" + queryURL(s.RemoteWriteURL),
		"MSP_ACCESSKEY_FILE=" + s.AccessKeyFile,
		"MSP_FILE_SD=" + filepath.Join(s.Directory, "targets", "*.json"),
		"MSP_WAL_DIRECTORY=" + filepath.Join(state, "wal"),
		"MSP_OTLP_GRPC_ENDPOINT=" + grpc,
		"MSP_OTLP_HTTP_ENDPOINT=" + http,
		"MSP_LISTEN_REMOTE_WRITE=" + addresses[4],
		"MSP_TELEMETRY_PORT=" + metricsPort,
		"MSP_HEALTH_ENDPOINT=" + health,
		"MSP_STATUS_ENDPOINT=" + addresses[5],
	}, s.Env...)
	return nil
}
