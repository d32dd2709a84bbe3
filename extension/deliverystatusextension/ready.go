package deliverystatusextension

import (
	"fmt"
	"time"
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
	d.history.add(time.Now(), d.Destinations())
	if d.verifier != nil {
		d.running.Go(func() { d.verifier.run(d.background) })
	}
	return nil
}

// NotReady implements extensioncapabilities.PipelineWatcher.
func (d *deliveryStatus) NotReady() error {
	d.phase.Store(stopping)
	return nil
}

// ready tells whether data are accepted now, and why not. A destination that holds or is down is no reason: its data are kept,
// and another collector would fare no better.
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
	return true, "data are accepted"
}
