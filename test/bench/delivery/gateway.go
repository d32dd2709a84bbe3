package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/msp-collector/msp-collector/test/harness"
)

var (
	gatewaySubject    = subject{"collector, gateway.yaml", true, startGateway}
	prometheusGateway = subject{"Prometheus agent", true, startPrometheusGateway}
	vmagentGateway    = subject{"vmagent", true, startVMAgentGateway}
)

// measureGateway lets each subject forward remote write: by saturating senders, or at a steady rate.
func measureGateway(ctx context.Context, s settings, saturating bool) (rows []measurement, err error) {
	for _, subject := range s.chosen(prometheusGateway, vmagentGateway, gatewaySubject) {
		row, err := forward(ctx, s, subject, saturating)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", subject.name, err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// warmUpWrites is how long senders send before anything is measured: every series has come twice by then.
const warmUpWrites = 2 * hostsPerSender * senderCount * seriesPerTarget * time.Second / writesAt

func forward(ctx context.Context, s settings, subject subject, saturating bool) (m measurement, err error) {
	b, err := open(ctx, s, subject, nil)
	if err != nil {
		return m, err
	}
	defer b.close()
	order := b.sink.CheckOrder()
	senders, err := newSenders(b.write)
	if err != nil {
		return m, err
	}
	pause, work := senderCount*seriesPerTarget*time.Second/writesAt, "gateway"
	if saturating {
		work = "gateway-saturation"
	}
	if err := senders.send(ctx, warmUpWrites, pause); err != nil {
		return m, err
	}
	if err := b.drained(ctx, senders.acknowledged.Load()); err != nil {
		return m, err
	}
	if saturating {
		pause = 0
	}
	before := senders.acknowledged.Load()
	profile := b.profile(ctx, s, work, s.gateway)
	m, err = b.measure(ctx, func() error {
		if err := senders.send(ctx, s.gateway, pause); err != nil {
			return err
		}
		return b.drained(ctx, senders.acknowledged.Load())
	})
	if err != nil {
		return m, err
	}
	m.due, m.refused, m.outOfOrder = senders.acknowledged.Load()-before, senders.refused.Load(), order()
	return m, <-profile
}

// startGateway starts gateway.yaml as it is shipped, but for the pair.
func startGateway(ctx context.Context, s site) (running, error) {
	settings := harness.CollectorSettings{
		Config: "gateway.yaml", Directory: s.directory, RemoteWriteURL: s.endpoint,
		Overrides: []string{harness.ExporterSetting("http::auth", "null")},
	}
	if s.pprof != "" {
		settings.Overrides = append(settings.Overrides,
			fmt.Sprintf(`yaml:{extensions: {pprof: {endpoint: %q}}, service: {extensions: [health_check, pprof]}}`, s.pprof))
	}
	c, err := harness.StartCollector(ctx, settings)
	if err != nil {
		return running{}, err
	}
	return running{Process: c.Process, write: c.WriteURL}, nil
}

func startPrometheusGateway(ctx context.Context, s site) (running, error) {
	r, address, err := runAgent(s, fmt.Sprintf("remote_write: [{url: %q}]\n", s.endpoint), "--web.enable-remote-write-receiver")
	if err != nil {
		return r, err
	}
	r.write = "http://" + address + "/api/v1/write"
	return r, r.Until(ctx, "Prometheus is ready", func(ctx context.Context) error {
		_, err := harness.Fetch(ctx, "http://"+address+"/-/ready")
		return err
	})
}

func startVMAgentGateway(ctx context.Context, s site) (running, error) {
	binary, err := harness.Binary("vmagent")
	if err != nil {
		return running{}, err
	}
	address, err := harness.FreeAddress()
	if err != nil {
		return running{}, err
	}
	process, err := harness.StartProcess(binary, []string{
		"-httpListenAddr=" + address, "-remoteWrite.url=" + s.endpoint, "-remoteWrite.forcePromProto",
		"-remoteWrite.tmpDataPath=" + filepath.Join(s.directory, "data"),
	}, nil)
	if err != nil {
		return running{}, err
	}
	r := running{Process: process, write: "http://" + address + "/api/v1/write"}
	return r, process.Until(ctx, "vmagent answers", func(ctx context.Context) error {
		_, err := harness.Fetch(ctx, "http://"+address+"/health")
		return err
	})
}
