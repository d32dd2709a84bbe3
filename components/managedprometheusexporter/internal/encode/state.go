package encode

import (
	"math"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

// state is the memory of one Encode, used again by later ones.
type state struct {
	e     *Encoder
	names *names
	batch Batch

	scraped, otlp records  // apart, since OTLP samples may have to be put in order
	out           *records // the one in use
	loose         []byte   // metadata items of families without a sample
	unique        unique
	told          map[uint64]pcommon.Timestamp // resources that have target_info in this batch, by their keys, and when

	origin origin
	kind   kind
	fixed  fixed   // labels that all series of the kind get here
	family *family // of the composite metric at hand

	raw        []string // names of the point's attributes, of which own was made
	own        []label  // the point's labels
	repeatable bool     // the next point has the same labels if its attributes have the same names
	plans      [extraKinds]plan
	relabel    *labels.Builder
	packing    record.Reader
	spelled    []spelled

	sample  record.Sample
	encoded []byte // labels of the sample, where no plan has them
	native  []byte // fields of a native histogram
	example []byte // exemplars of the sample
	message []byte // scratch
	scratch []label
	layout  layout
}

// kind is how a metric is to be understood.
type kind int

const (
	kindNone kind = iota
	kindVerbatim
	kindScraped
	kindOTLP
	kindTarget // target_info of an OTLP resource
)

// translated tells whether names of attributes must be made names of labels.
func (k kind) translated() bool { return k == kindOTLP || k == kindTarget }

// fixed are labels that do not depend on the point: front wins over the point's, back does not.
type fixed struct{ front, back []label }

var staleNaN = math.Float64frombits(value.StaleNaN)

func (s *state) reset() {
	s.scraped.reset(s.e.set.MaxPayloadBytes)
	s.otlp.reset(s.e.set.MaxPayloadBytes)
	s.loose = s.loose[:0]
	s.unique.reset()
	clear(s.told)
	s.batch = Batch{Payloads: s.batch.Payloads[:0], state: s}
}

// finish collects the records.
func (s *state) finish() *Batch {
	if s.unique.disorder {
		again := s.otlp.inOrder()
		s.refuseDuplicates(again, "")
	}
	b := &s.batch
	b.Payloads = s.otlp.payloads(s.scraped.payloads(b.Payloads))
	for _, payload := range b.Payloads {
		b.Samples += int(payload.Count)
	}
	b.Metadata = s.loose
	s.release()
	return b
}

// release lets go of the metrics, which belong to the caller.
func (s *state) release() {
	s.forget()
	s.scraped.raw = nil
	_ = s.packing.Reset(nil)
	clear(s.own[:cap(s.own)])
	clear(s.raw[:cap(s.raw)])
	clear(s.scratch[:cap(s.scratch)])
	for i := range s.plans {
		clear(s.plans[i].steps[:cap(s.plans[i].steps)])
	}
	s.origin = origin{front: s.origin.front[:0], back: s.origin.back[:0]}
	clear(s.origin.front[:cap(s.origin.front)])
	clear(s.origin.back[:cap(s.origin.back)])
	s.fixed, s.family = fixed{}, nil
	s.e.giveNames(s.names)
	s.names = nil
}

// use begins metrics of a kind.
func (s *state) use(k kind) {
	if s.kind == k {
		return
	}
	s.kind = k
	s.out = &s.scraped
	if k.translated() {
		s.out = &s.otlp
	}
	s.fixed = s.origin.fixed(k, s)
	s.spelled = s.spelled[:0]
	s.forget()
}

// moment is when a sample was taken, and since when it counts, in milliseconds.
type moment struct{ at, start int64 }

// float adds a float sample of a series of the point at hand.
func (s *state) float(name string, x extra, m moment, value float64) {
	s.sample = record.Sample{Kind: record.Float, Value: value}
	s.add(name, x, m)
}

// histogram adds the native histogram in s.native.
func (s *state) histogram(name string, m moment) {
	s.sample = record.Sample{Kind: record.Histogram, Histogram: s.native}
	s.add(name, extra{}, m)
}

func (s *state) add(name string, x extra, m moment) {
	labels, ok := s.seal(name, x)
	if !ok {
		return
	}
	s.sample.Timestamp, s.sample.Start = m.at, m.start
	s.sample.Labels, s.sample.Exemplars = labels, s.example
	if s.kind.translated() && !s.unique.add(labels, m.at) {
		s.refuseDuplicates(1, name)
		return
	}
	s.out.add(&s.sample)
}

const millisecond = 1_000_000 // in nanoseconds

func milliseconds(t pcommon.Timestamp) int64 { return int64(t) / millisecond } //nolint:gosec // the verbatim convention has negative ones

// number is the value of a point: a staleness marker when it has none.
func number(p pmetric.NumberDataPoint) float64 {
	switch {
	case p.Flags().NoRecordedValue():
		return staleNaN
	case p.ValueType() == pmetric.NumberDataPointValueTypeInt:
		return float64(p.IntValue())
	}
	return p.DoubleValue()
}

// orStale is a value, or a staleness marker.
func orStale(value float64, stale bool) float64 {
	if stale {
		return staleNaN
	}
	return value
}
