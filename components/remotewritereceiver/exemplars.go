package remotewritereceiver

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// exemplars writes all exemplars of a series to the sample that was written last.
func (r *request) exemplars(body []byte, ls labels.Labels) error {
	c := cursor{rest: body}
	for c.next() {
		if c.field != r.protocol.exemplars || !c.expect(wireBytes) {
			continue
		}
		if err := r.exemplar(c.bytes, ls); err != nil {
			return err
		}
	}
	return c.err("a series")
}

// exemplar writes one. Prometheus does not tell a sender of exemplars that it cannot keep; ours are refused aloud where they
// are wrong, and counted where there is no sample for them.
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
		r.refuseExemplar(reasonInvalidLabels, ls, err)
	case x.Ts > maxTime || x.Ts < -maxTime:
		r.refuseExemplar(reasonOutOfBounds, ls, verbatim.ErrTime)
	case r.weight > 2*maxWeight:
		r.refused.exemplars[reasonTooLarge]++ // they cannot follow their sample into another batch
	case !r.open:
		r.refused.exemplars[reasonNoSample]++
	default:
		x.Labels = own.WithoutEmpty()
		r.writer.Exemplar(x)
		r.pending.exemplars++
		r.weight += pointWeight + own.Len()*labelWeight + int(own.ByteSize()) //nolint:gosec // below maxLabelBytes
	}
	return nil
}

func (r *request) refuseExemplar(reason int, ls labels.Labels, err error) {
	r.refused.exemplars[reason]++
	r.tell(ls, err)
}

// maxTime is the last time that pdata can hold, in milliseconds.
const maxTime = math.MaxInt64 / 1_000_000

// maxStrays bounds the memory they take.
const maxStrays = 1 << 16

// strays are series of a request that hold exemplars only, by their labels. Prometheus sends exemplars so, apart from their
// samples; here they go with a sample of the series in the same request. An exemplar whose sample is in another request is
// lost: the convention has no place for it.
type strays struct {
	byLabels map[string][][]byte
	count    int
	lost     int
}

// note keeps a series that holds exemplars only.
func (s *strays) note(r *request, series []byte) {
	if samplesFirst(series) {
		return
	}
	exemplars := 0
	c := cursor{rest: series}
	for c.next() {
		switch c.field {
		case fieldSamples, r.protocol.histograms:
			return
		case r.protocol.exemplars:
			exemplars++
		}
	}
	switch {
	case exemplars == 0 || c.failed:
		return
	case s.count == maxStrays:
		s.lost += exemplars
		return
	case s.byLabels == nil:
		s.byLabels = map[string][][]byte{}
	}
	s.count++
	key := string(r.key(series))
	s.byLabels[key] = append(s.byLabels[key], series)
}

// of returns the strays of a series, once.
func (s *strays) of(r *request, series []byte) [][]byte {
	if len(s.byLabels) == 0 {
		return nil
	}
	key := r.key(series)
	found := s.byLabels[string(key)]
	delete(s.byLabels, string(key))
	return found
}

// left counts the exemplars that found no sample.
func (s *strays) left(p *protocol) int {
	n := s.lost
	for _, found := range s.byLabels {
		for _, series := range found {
			for c := (cursor{rest: series}); c.next(); {
				if c.field == p.exemplars {
					n++
				}
			}
		}
	}
	return n
}

// key is what the labels of a series look like on the wire: a sender writes them the same way each time. It is valid until the
// next one.
func (r *request) key(series []byte) []byte {
	r.scratch = r.scratch[:0]
	for c := (cursor{rest: series}); c.next(); {
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
