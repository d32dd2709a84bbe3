package remotewritereceiver

import (
	"errors"
	"math"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// maxTime is the last time that pdata can hold, in milliseconds.
const maxTime = math.MaxInt64 / 1_000_000

// maxLone bounds how many lone exemplars travel together.
const maxLone = 128

// exemplars writes the exemplars of one series, given as TimeSeries messages: with the sample written last when that is of the
// series, else on their own. An error ends the request.
func (r *request) exemplars(ls labels.Labels, messages ...[]byte) error {
	for _, message := range messages {
		c := cursor{rest: message}
		for c.next() {
			if c.field != r.protocol.exemplars || !c.expect(wireBytes) {
				continue
			}
			if err := r.exemplar(c.bytes, ls); err != nil {
				return err
			}
		}
		if err := c.err("a series"); err != nil {
			return err
		}
	}
	return r.writeLone(ls)
}

// exemplar reads an exemplar and writes it, unless it is invalid. Prometheus does not report to a sender which exemplars it does
// not keep; here, the answer names what is wrong with the first one.
func (r *request) exemplar(body []byte, ls labels.Labels) error {
	var x exemplar.Exemplar
	c := cursor{rest: body}
	for c.next() {
		switch {
		case c.field == 2 && c.expect(wire64):
			x.Value = c.double()
		case c.field == 3 && c.expect(wireVarint):
			x.Ts, x.HasTs = c.int64(), true
		}
	}
	if c.failed {
		return c.err("an exemplar")
	}
	own, err := r.labels(body)
	if errors.Is(err, errMalformed) {
		return err
	}
	if err == nil {
		err = valid(own)
	}
	switch {
	case err != nil:
		r.refuseExemplars(1, reasonInvalidLabels, ls, err)
		return nil
	case x.Ts > maxTime || x.Ts < -maxTime:
		r.refuseExemplars(1, reasonOutOfBounds, ls, verbatim.ErrTime)
		return nil
	}
	x.Labels = own.WithoutEmpty()
	r.weight += pointWeight + own.Len()*labelWeight + int(own.ByteSize()) //nolint:gosec // below maxLabelBytes
	if r.open && r.weight <= 2*maxWeight {
		r.writer.Exemplar(x)
		r.pending.exemplars++
		return nil
	}
	if r.lone = append(r.lone, x); len(r.lone) == maxLone {
		return r.writeLone(ls)
	}
	return nil
}

// writeLone writes the exemplars in r.lone, which have no sample in the batch.
func (r *request) writeLone(ls labels.Labels) error {
	if len(r.lone) == 0 {
		return nil
	}
	defer func() {
		clear(r.lone)
		r.lone = r.lone[:0]
	}()
	if r.weight > maxWeight {
		if err := r.flush(); err != nil {
			return err
		}
	}
	r.open = false
	r.weight += pointWeight + ls.Len()*labelWeight + int(ls.ByteSize()) //nolint:gosec // below maxLabelBytes
	if err := r.writer.LoneExemplars(ls, r.lone); err != nil {
		r.refuseExemplars(len(r.lone), reasonInvalidLabels, ls, err)
		return nil
	}
	r.pending.exemplars += len(r.lone)
	return nil
}

// refuseExemplars counts exemplars of a series that are not taken.
func (r *request) refuseExemplars(count, reason int, ls labels.Labels, err error) {
	r.refused.exemplars[reason] += count
	r.refuse(ls, err)
}
