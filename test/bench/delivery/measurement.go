package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/msp-collector/msp-collector/test/harness"
)

const (
	startPatience = 60 * time.Second
	drainPatience = 5 * time.Minute
)

// measurement is what a subject did and what it cost.
type measurement struct {
	name     string
	samples  uint64 // delivered; scraped, when it delivers nothing
	due      uint64 // scraped or pushed
	requests uint64
	bytes    uint64
	refused  uint64 // batches pushed in vain, and again

	outOfOrder uint64 // samples that came after a newer one of their series, since the subject was started
	cpu        time.Duration
	elapsed    time.Duration
	memory     uint64 // most anonymous memory, in bytes

	least, most float64 // CPU per million samples over all rounds
}

// perMillion is CPU seconds per million samples.
func (m measurement) perMillion() float64 { return m.cpu.Seconds() / float64(m.samples) * 1e6 }

// bench is one subject on its way through one measurement.
type bench struct {
	subject subject
	site
	running
	sink *harness.Sink
}

// open starts a subject, with a sink and a folder of its own.
func open(ctx context.Context, s settings, subject subject, targets *targets) (_ *bench, err error) {
	sink := harness.StartSink()
	b := &bench{subject: subject, sink: sink, site: site{interval: s.interval, endpoint: sink.URL}}
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	if b.directory, err = os.MkdirTemp("", "msp-collector-bench-"); err != nil {
		return nil, err
	}
	b.targets = filepath.Join(b.directory, "targets.json")
	if s.profiles != "" {
		if b.pprof, err = harness.FreeAddress(); err != nil {
			return nil, err
		}
	}
	if targets != nil {
		if err = targets.write(b.targets); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	b.running, err = subject.start(ctx, b.site)
	return b, err
}

func (b *bench) close() {
	b.Stop()
	b.sink.Close()
	_ = os.RemoveAll(b.directory) // in the folder for temporary files
}

// measure takes the costs of what happens during work, and what arrives meanwhile.
func (b *bench) measure(ctx context.Context, work func() error) (m measurement, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	peak := memoryPeak(ctx, b.PID())
	began, sunk := time.Now(), b.sink.Totals()
	before, err := cpuTime(b.PID())
	if err != nil {
		return m, err
	}
	if err := work(); err != nil {
		return m, fmt.Errorf("%w\nlast output:\n%s", err, b.Output.Tail(10))
	}
	after, err := cpuTime(b.PID())
	if err != nil {
		return m, err
	}
	m = measurement{name: b.subject.name, cpu: after - before, elapsed: time.Since(began)}
	now := b.sink.Totals()
	m.samples, m.requests, m.bytes = now.Samples-sunk.Samples, now.Requests-sunk.Requests, now.Bytes-sunk.Bytes
	cancel()
	m.memory = <-peak
	if now.Undecodable > 0 {
		return m, fmt.Errorf("%d requests could not be decoded", now.Undecodable)
	}
	return m, nil
}

// pause waits, and gives up when the subject ends.
func (b *bench) pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-b.Done():
		return errors.New("it ended early")
	case <-ctx.Done():
		return ctx.Err()
	}
}
