package deliverystatusextension

import (
	"fmt"
	"time"

	"github.com/msp-collector/msp-collector/components/status"
)

// The phases of the collector.

const (
	starting int32 = iota
	running
	stopping
)

// Ready implements extensioncapabilities.PipelineWatcher. The history of destinations begins here, and samples are looked for:
// before, not every destination is known.
func (d *deliveryStatus) Ready() error {
	d.phase.Store(running)
	status.Reloaded()
	d.remember(time.Now())
	if d.verifier != nil {
		d.running.Go(func() { d.verifier.run(d.background) })
	}
	return nil
}

// NotReady implements extensioncapabilities.PipelineWatcher.
func (d *deliveryStatus) NotReady() error {
	d.remember(time.Now())
	d.phase.Store(stopping)
	d.recent.begin()
	return nil
}

// remember notes what is reported now in the history.
func (d *deliveryStatus) remember(now time.Time) {
	destinations := d.Destinations()
	d.history.add(now, destinations)
	d.noteLosses(now, destinations, d.Receivers())
}

// noteLosses notes what was dropped and refused so far. Before the pipelines run, components of before a reload may still report.
func (d *deliveryStatus) noteLosses(now time.Time, destinations []named[status.Destination], receivers []named[status.Receiver]) {
	if d.phase.Load() != running {
		return
	}
	for _, one := range destinations {
		d.recent.add(now, one.ID, one.Of.Dropped)
	}
	for _, one := range receivers {
		d.recent.add(now, one.ID, one.Of.Refused)
	}
}

// ready reports whether new samples are accepted, and why not. A destination that is blocked or retrying is no reason: samples are
// queued for it, and another collector would fare no better.
func (d *deliveryStatus) ready() (ok bool, reason string) {
	switch d.phase.Load() {
	case starting:
		return false, "the pipelines are being started"
	case stopping:
		return false, "the collector is stopping"
	}
	for _, destination := range d.Destinations() {
		if why := destination.Of.Refusing; why != "" {
			return false, fmt.Sprintf("%s cannot keep samples: %s", destination.ID, why)
		}
	}
	return true, "new samples are accepted"
}
