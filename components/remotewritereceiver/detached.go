package remotewritereceiver

import (
	"encoding/binary"
	"errors"
)

// maxDetached bounds the memory that detached series take. Those beyond it are lone, whether or not there is a sample for them.
const maxDetached = 1 << 16

// detached are the TimeSeries messages of a request that hold exemplars only. Prometheus sends exemplars so, after all samples of
// a scrape. They are attached to a sample of their series in the same request; where there is none, since the scrape was larger
// than a request, they are lone.
type detached struct {
	all      []detachedSeries // in the order of the request
	byLabels map[string][]int // indexes of those that are not attached yet
	next     int              // index of the first that the walk over the request has not come to
}

// detachedSeries is one of them.
type detachedSeries struct {
	number  int    // of the TimeSeries in the request
	message []byte // nil when it was written
}

// note keeps a TimeSeries if it holds exemplars only.
func (d *detached) note(r *request, number int, message []byte) {
	if samplesFirst(message) || len(d.all) == maxDetached {
		return
	}
	exemplars := false
	c := cursor{rest: message}
	for c.next() {
		switch c.field {
		case fieldSamples, r.protocol.histograms:
			return
		case r.protocol.exemplars:
			exemplars = true
		}
	}
	if !exemplars || c.failed {
		return
	}
	if d.byLabels == nil {
		d.byLabels = map[string][]int{}
	}
	key := string(r.key(message))
	d.byLabels[key] = append(d.byLabels[key], len(d.all))
	d.all = append(d.all, detachedSeries{number, message})
}

// pass reports whether the TimeSeries that the walk over the request has come to is detached.
func (d *detached) pass(number int) bool {
	if d.next == len(d.all) || d.all[d.next].number != number {
		return false
	}
	d.next++
	return true
}

// take returns the detached messages of the series that a message is of, each once.
func (d *detached) take(r *request, message []byte) (messages [][]byte) {
	if len(d.byLabels) == 0 {
		return nil
	}
	key := r.key(message)
	for _, i := range d.byLabels[string(key)] {
		messages = append(messages, d.all[i].message)
		d.all[i].message = nil
	}
	delete(d.byLabels, string(key))
	return messages
}

// writeDetached writes the exemplars that are left, on their own.
func (r *request) writeDetached() error {
	r.open = false
	for i := range r.detached.all {
		one := &r.detached.all[i]
		if one.message == nil {
			continue
		}
		r.number = one.number
		message := one.message
		ls, _, err := r.identify(message)
		if errors.Is(err, errMalformed) {
			return err
		}
		messages := r.detached.take(r, message)
		if err != nil {
			for _, message := range messages {
				r.refuseSeries(message, ls, err)
			}
			continue
		}
		if err := r.exemplars(ls, messages...); err != nil {
			return err
		}
	}
	return nil
}

// key is what the labels of a series look like on the wire: a sender writes them the same way each time. It is valid until the
// next one.
func (r *request) key(message []byte) []byte {
	r.scratch = r.scratch[:0]
	for c := (cursor{rest: message}); c.next(); {
		switch {
		case c.field != fieldLabels:
		case c.wire == wireVarint:
			r.scratch = binary.AppendUvarint(r.scratch, c.value)
		case r.protocol.symbolized:
			r.scratch = append(r.scratch, c.bytes...)
		default:
			r.scratch = binary.AppendUvarint(r.scratch, uint64(len(c.bytes)))
			r.scratch = append(r.scratch, c.bytes...)
		}
	}
	return r.scratch
}
