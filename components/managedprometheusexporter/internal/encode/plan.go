package encode

import (
	"slices"

	"github.com/prometheus/common/model"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

// Where a label's value comes from, when not from the point's label with that index.
const (
	fromConstant = -1 - iota
	fromName
	fromExtra
)

// plan is the order in which the labels of a series stand. Points that follow each other mostly have attributes of the same
// names in the same order, so that one plan serves them all. Most of their values are the same, too: the labels of a series
// are those of the one before with other values put in.
type plan struct {
	made    bool
	steps   []step // sorted by name
	varying []int  // those that are no constants
	names   []byte
	labels  []byte // of the last series, encoded; empty before the first
}

// step is a label: its name is names[from:to] of its plan, encoded, and it stands at labels[at].
type step struct {
	name, value string // value: in labels
	source      int
	from, to    int
	at          int
}

func (p *plan) reset() {
	p.made, p.steps, p.varying, p.names, p.labels = false, p.steps[:0], p.varying[:0], p.names[:0], p.labels[:0]
}

// add puts a label in its place. Of several with one name the first stays; it is false for the others.
func (p *plan) add(name, value string, source int) bool {
	if source == fromConstant && value == "" {
		return true
	}
	at := len(p.steps)
	for at > 0 && p.steps[at-1].name > name {
		at--
	}
	if at > 0 && p.steps[at-1].name == name {
		return false
	}
	p.steps = append(p.steps, step{})
	copy(p.steps[at+1:], p.steps[at:])
	p.steps[at] = step{name: name, value: value, source: source}
	return true
}

func (p *plan) addConstants(labels []label) {
	for i := range labels {
		p.add(labels[i].name, labels[i].value, fromConstant)
	}
}

// complete ends the additions.
func (p *plan) complete() {
	for i := range p.steps {
		s := &p.steps[i]
		s.from = len(p.names)
		p.names = record.AppendName(p.names, s.name)
		s.to = len(p.names)
		if s.source != fromConstant {
			p.varying = append(p.varying, i)
		}
	}
	p.made = true
}

// value is what a label has in a series of the point at hand.
func (s *state) value(of *step, name string, x extra) string {
	switch of.source {
	case fromConstant:
		return of.value
	case fromName:
		return name
	case fromExtra:
		return x.value
	default:
		return s.own[of.source].value
	}
}

// first encodes the labels of the first series.
func (s *state) first(p *plan, name string, x extra) {
	for i := range p.steps {
		step := &p.steps[i]
		step.at, step.value = len(p.labels), s.value(step, name, x)
		p.labels = record.AppendNamed(p.labels, p.names[step.from:step.to], step.value)
	}
}

// put gives the i-th label another value, in its place.
func (p *plan) put(i int, value string) {
	step, end := &p.steps[i], len(p.labels)
	if i+1 < len(p.steps) {
		end = p.steps[i+1].at
	}
	before := len(step.value)
	step.value = value
	if len(value) == before {
		copy(p.labels[end-before:], value)
		return
	}
	name := p.names[step.from:step.to]
	grown := step.at + record.NamedSize(name, value) - end
	all := len(p.labels) + grown
	p.labels = slices.Grow(p.labels, max(grown, 0))
	copy(p.labels[end+grown:all], p.labels[end:])
	p.labels = p.labels[:all]
	record.AppendNamed(p.labels[:step.at], name, value)
	for j := i + 1; j < len(p.steps); j++ {
		p.steps[j].at += grown
	}
}

// extra is a label that only one series of a point has.
type extra struct {
	kind  int // noExtra, bucketBound or quantile
	value string
}

const (
	noExtra = iota
	bucketBound
	quantile
	extraKinds
)

var extraNames = [extraKinds]string{bucketBound: model.BucketLabel, quantile: model.QuantileLabel}

// plan returns the order of the labels of a series of the point at hand. The rules of precedence are Prometheus's: the
// name, le and quantile cannot be overridden; job and instance of the resource win over attributes of the point, which win
// over promoted attributes of the resource; external labels come last.
func (s *state) plan(kind int) *plan {
	p := &s.plans[kind]
	if p.made {
		return p
	}
	p.reset()
	p.add(model.MetricNameLabel, "", fromName)
	if name := extraNames[kind]; name != "" {
		p.add(name, "", fromExtra)
	}
	p.addConstants(s.fixed.front)
	for i := range s.own {
		if !p.add(s.own[i].name, "", i) {
			s.merges()
		}
	}
	p.addConstants(s.fixed.back)
	p.addConstants(s.e.external)
	p.complete()
	return p
}

// seal returns the labels of a series, relabelled. They are valid until the next one; ok is false when relabelling has
// dropped the series.
func (s *state) seal(name string, x extra) (labels []byte, ok bool) {
	p := s.plan(x.kind)
	switch {
	case len(s.e.set.WriteRelabelConfigs) > 0:
		ok = s.relabelled(p, name, x)
		return s.encoded, ok
	case len(p.labels) == 0:
		s.first(p, name, x)
	default:
		for _, i := range p.varying {
			if value := s.value(&p.steps[i], name, x); value != p.steps[i].value {
				p.put(i, value)
			}
		}
	}
	return p.labels, true
}
