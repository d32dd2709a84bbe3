package remotewritereceiver

import (
	"errors"
	"fmt"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// series writes one TimeSeries. The fields of a message may come in any order, so its bytes are walked over for its labels,
// for its samples, and for its exemplars. An error ends the request.
func (r *request) series(body []byte) error {
	r.open = false
	if r.detached.pass(r.number) {
		return nil
	}
	if done, err := r.plain(body); done {
		return err
	}
	ls, about, err := r.identify(body)
	if errors.Is(err, errMalformed) {
		return err
	}
	if err != nil {
		r.refuseSeries(body, ls, err)
		return nil
	}
	points, exemplars, err := r.points(body, ls, about)
	switch {
	case err != nil:
		return err
	case points == 0 && exemplars == 0 && r.protocol.symbolized:
		r.refuse(ls, errors.New("it has neither a sample nor a histogram"))
	case exemplars > 0:
		if err := r.exemplars(ls, body); err != nil {
			return err
		}
	}
	if !r.open {
		return nil
	}
	return r.exemplars(ls, r.detached.take(r, body)...)
}

// points writes the samples and histograms of a series in their order. It returns how many there are, and how many exemplars.
func (r *request) points(body []byte, ls labels.Labels, about verbatim.Metadata) (points, exemplars int, err error) {
	weight := pointWeight + ls.Len()*labelWeight + int(ls.ByteSize()) //nolint:gosec // below maxLabelBytes
	c := cursor{rest: body}
	for c.next() {
		if c.field == r.protocol.exemplars {
			exemplars++
			c.expect(wireBytes)
		}
		if c.field != fieldSamples && c.field != r.protocol.histograms || !c.expect(wireBytes) {
			continue
		}
		points++
		if r.weight > maxWeight {
			if err := r.flush(); err != nil {
				return points, exemplars, err
			}
		}
		r.weight += weight
		if c.field == fieldSamples {
			err = r.sample(c.bytes, ls, about)
		} else {
			err = r.histogram(c.bytes, ls, about)
		}
		if err != nil {
			return points, exemplars, err
		}
	}
	return points, exemplars, c.err("a series")
}

// sample writes one float.
func (r *request) sample(body []byte, ls labels.Labels, about verbatim.Metadata) error {
	var start, at int64
	var value float64
	c := cursor{rest: body}
	for c.next() {
		switch {
		case c.field == 1 && c.expect(wire64):
			value = c.double()
		case c.field == 2 && c.expect(wireVarint):
			at = c.int64()
		case c.field == 3 && r.protocol.symbolized && c.expect(wireVarint):
			start = c.int64()
		}
	}
	if c.failed {
		return c.err("a sample")
	}
	if err := r.writer.Float(ls, about, start, at, value); err != nil {
		r.refusePoint(ls, err)
		return nil
	}
	r.pending.samples++
	r.open = true
	return nil
}

// refusePoint notes a sample or histogram that cannot be written.
func (r *request) refusePoint(ls labels.Labels, err error) {
	reason := reasonInvalidHistogram
	switch {
	case errors.Is(err, verbatim.ErrTime):
		reason = reasonOutOfBounds
	case errors.Is(err, verbatim.ErrReserved):
		reason = reasonInvalidLabels
	case errors.Is(err, errHistogramSize):
		reason = reasonTooLarge
	}
	r.refused.samples[reason]++
	r.refuse(ls, err)
}

// refuseSeries counts all that a series has whose labels are refused.
func (r *request) refuseSeries(body []byte, ls labels.Labels, err error) {
	points, exemplars := 0, 0
	c := cursor{rest: body}
	for c.next() {
		switch c.field {
		case fieldSamples, r.protocol.histograms:
			points++
		case r.protocol.exemplars:
			exemplars++
		}
	}
	r.refused.samples[reasonInvalidLabels] += points
	r.refused.exemplars[reasonInvalidLabels] += exemplars
	r.refuse(ls, err)
}

func (r *request) refuse(ls labels.Labels, err error) {
	r.refused.record(func() error {
		return fmt.Errorf("timeseries[%d] %s: %w", r.number, shorten(ls.String()), err)
	})
}
