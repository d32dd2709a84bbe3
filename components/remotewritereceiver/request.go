package remotewritereceiver

import (
	"fmt"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Bounds of what a request makes of its bytes. An honest request reaches none of them.
const (
	maxSymbols = 1 << 20
	// maxWeight is how much a batch may weigh, roughly in bytes of pdata. Two bytes of a request can be a sample, with all the
	// labels of its series: a request that would grow so much is handed on in several batches.
	maxWeight = 64 << 20
	// What a point weighs without its labels, and each of them without its text.
	pointWeight = 512
	labelWeight = 96
)

// written counts what was taken.
type written struct{ samples, histograms, exemplars, families int }

func (w *written) add(more written) {
	w.samples += more.samples
	w.histograms += more.histograms
	w.exemplars += more.exemplars
	w.families += more.families
}

func (w *written) points() int { return w.samples + w.histograms }

// take hands a batch to the pipeline.
type take func(md pmetric.Metrics, counts written) error

// request turns the bytes of one request into batches of metrics, series by series. It is used again for later requests, and
// nothing of what it made points into the bytes.
type request struct {
	protocol *protocol
	take     take
	writer   writer
	pending  written // what is in the writer
	weight   int     // of it
	kept     written // what was taken
	refused  refusals

	known    bool // a field that a request can have was found
	number   int  // of the series at hand
	open     bool // the sample written last is of that series, and in the writer
	builder  labels.ScratchBuilder
	refs     []uint64
	symbols  [][]byte
	texts    map[uint64]string // symbols that were made strings
	families families
	detached detached
	lone     []exemplar.Exemplar // of the series at hand, which have no sample in the batch
	scratch  []byte
}

// decode hands on what a request holds. An error is of the message or of the pipeline; what else was refused is in r.refused.
func (r *request) decode(p *protocol, body []byte, to take) error {
	r.protocol, r.take = p, to
	if err := r.index(body); err != nil {
		return err
	}
	c := cursor{rest: body}
	for c.next() {
		if c.field != p.series {
			continue
		}
		if err := r.series(c.bytes); err != nil {
			return r.abandon(err)
		}
		r.number++
	}
	if err := r.writeDetached(); err != nil {
		return r.abandon(err)
	}
	for _, about := range r.families.unused() {
		r.writer.Describe(about)
		r.pending.families++
	}
	return r.flush()
}

// index looks at the request as a whole: it collects what must be known before the first series.
func (r *request) index(body []byte) error {
	c, number := cursor{rest: body}, 0
	for c.next() {
		switch {
		case c.field == r.protocol.series:
			if c.expect(wireBytes) {
				r.detached.note(r, number, c.bytes)
				r.known = true
				number++
			}
		case r.protocol == v1 && c.field == fieldMetadataV1:
			if c.expect(wireBytes) {
				r.known = true
				if err := r.family(c.bytes); err != nil {
					return err
				}
			}
		case r.protocol == v2 && c.field == fieldSymbolsV2:
			if c.expect(wireBytes) {
				r.known = true
				r.symbols = append(r.symbols, c.bytes)
			}
			if len(r.symbols) > maxSymbols {
				return badRequest("the request has more than %d symbols: send less in a request", maxSymbols)
			}
		case r.protocol == v2 && c.field < fieldSymbolsV2:
			return malformed("field %d is not of %s; remote write 1.0 has the Content-Type %s", c.field, v2.message, mediaType)
		}
	}
	if !r.known && len(body) > 0 && !c.failed {
		return malformed("it has no field of %s: check that Content-Type says what is sent", r.protocol.message)
	}
	return c.err("the request")
}

// flush hands on what is in the writer.
func (r *request) flush() error {
	if r.pending == (written{}) {
		return nil
	}
	counts := r.pending
	r.pending, r.weight, r.open = written{}, 0, false
	if err := r.take(r.writer.Take(), counts); err != nil {
		reason := reasonUnavailable
		if statusOf(err) < 500 {
			reason = reasonPermanent
		}
		r.refused.samples[reason] += counts.points()
		r.refused.exemplars[reason] += counts.exemplars
		return err
	}
	r.kept.add(counts)
	return nil
}

// abandon forgets what is in the writer, since the request is malformed further on or the pipeline takes no more.
func (r *request) abandon(err error) error {
	r.refused.samples[reasonMalformed] += r.pending.points()
	r.refused.exemplars[reasonMalformed] += r.pending.exemplars
	r.pending, r.weight = written{}, 0
	r.writer.Take()
	if r.kept != (written{}) {
		return fmt.Errorf("after %d samples and histograms of the request were taken: %w", r.kept.points(), err)
	}
	return err
}

// reset makes a request ready for the next one, and lets go of this one's bytes.
func (r *request) reset() {
	clear(r.symbols)
	if cap(r.symbols) > maxPooled/24 {
		r.symbols = nil
	}
	clear(r.texts)
	*r = request{
		writer: r.writer, refs: r.refs[:0], symbols: r.symbols[:0], texts: r.texts, scratch: r.scratch[:0], lone: r.lone[:0],
	}
}
