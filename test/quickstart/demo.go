package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/msp-collector/msp-collector/test/harness"
)

// demo is everything that runs, and the folder it lives in:
//
//	accesskey.json  the pair the collector uses
//	web.yml         what the stand-in accepts
//	curl.conf       the same pair, for looking at the stand-in
//	next/           the same three files for another pair, to rotate to
//	collector.log   what the collector prints
type demo struct {
	dir        string
	log        *os.File
	prometheus *harness.Prometheus
	collector  *harness.Collector
}

func newDemo() (*demo, error) {
	dir, err := os.MkdirTemp("", "msp-quickstart-")
	if err != nil {
		return nil, fmt.Errorf("%w; set TMPDIR to a folder that can be written to", err)
	}
	d := &demo{dir: dir}
	if d.log, err = os.OpenFile(d.path("collector.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return d, nil
}

func (d *demo) path(elements ...string) string {
	return filepath.Join(append([]string{d.dir}, elements...)...)
}

func (d *demo) start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	pair, err := d.writePairs()
	if err != nil {
		return err
	}
	if d.prometheus, err = harness.StartPrometheus(ctx, harness.PrometheusSettings{
		Directory: d.dir,
		Users:     []harness.AccessKey{pair},
	}); err != nil {
		return err
	}
	d.collector, err = harness.StartCollector(ctx, harness.CollectorSettings{
		Config:         "quickstart.yaml",
		Directory:      d.dir,
		RemoteWriteURL: d.prometheus.RemoteWriteURL(),
		Log:            d.log,
	})
	return err
}

// writePairs makes up the pair to start with and the one to rotate to.
func (d *demo) writePairs() (harness.AccessKey, error) {
	pair, next := harness.NewAccessKey(), harness.NewAccessKey()
	if err := os.Mkdir(d.path("next"), 0o700); err != nil {
		return pair, err
	}
	accepts, err := harness.WebConfig(nil, next)
	if err != nil {
		return pair, err
	}
	return pair, errors.Join(
		writePair(d.dir, pair),
		writePair(d.path("next"), next),
		os.WriteFile(d.path("next", "web.yml"), accepts, 0o600),
	)
}

func writePair(dir string, pair harness.AccessKey) error {
	return errors.Join(
		os.WriteFile(filepath.Join(dir, "accesskey.json"), pair.JSON(), 0o600),
		os.WriteFile(filepath.Join(dir, "curl.conf"), fmt.Appendf(nil, "user = \"%s:%s\"\n", pair.ID, pair.Secret), 0o600),
	)
}

// wait returns when the context or one of the programs ends.
func (d *demo) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-d.collector.Done():
		return fmt.Errorf("the collector ended by itself; its last lines:\n%s", d.collector.Output.Tail(10))
	case <-d.prometheus.Done():
		return fmt.Errorf("the stand-in ended by itself; its last lines:\n%s", d.prometheus.Output.Tail(10))
	}
}

// close stops what runs and removes the folder. The collector goes first, so that it can deliver what it holds.
func (d *demo) close() error {
	if d.collector != nil {
		d.collector.Stop()
	}
	if d.prometheus != nil {
		d.prometheus.Stop()
	}
	return errors.Join(d.log.Close(), os.RemoveAll(d.dir))
}
