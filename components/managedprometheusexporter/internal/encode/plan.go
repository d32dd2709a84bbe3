package encode

import (
	"github.com/prometheus/common/model"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

// Where a label's value comes from, when not from the point's label with that index.
const (
	fromConstant = -1 - iota
	fromName
	fromExtra
)

// plan is the order in which the labels of a series stand, with the parts that do not change already encoded. Points that
// follow each other mostly have attributes of the same names in the same order, so that one plan serves them all.
type plan struct {
	made  bool
	steps []step // sorted by name
	text  []byte
}

// step is a label: the bytes text[from:to] of its plan, which are the whole label of a constant and otherwise its name.
type step struct {
	name, value string
	source      int
	from, to    int
}

func (p *plan) reset() { p.made, p.steps, p.text = false, p.steps[:0], p.text[:0] }

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

// encode completes the plan.
func (p *plan) encode() {
	for i := range p.steps {
		s := &p.steps[i]
		s.from = len(p.text)
		if s.source == fromConstant {
			p.text = record.AppendLabel(p.text, s.name, s.value)
		} else {
			p.text = record.AppendName(p.text, s.name)
		}
		s.to = len(p.text)
	}
	p.made = true
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
	p.encode()
	return p
}

// seal puts the labels of a series into s.encoded, relabelled. It is false when relabelling has dropped the series.
func (s *state) seal(name string, x extra) bool {
	p := s.plan(x.kind)
	if len(s.e.set.WriteRelabelConfigs) > 0 {
		return s.relabelled(p, name, x.value)
	}
	dst := s.encoded[:0]
	for i := range p.steps {
		step := &p.steps[i]
		text := p.text[step.from:step.to]
		switch step.source {
		case fromConstant:
			dst = append(dst, text...)
		case fromName:
			dst = record.AppendNamed(dst, text, name)
		case fromExtra:
			dst = record.AppendNamed(dst, text, x.value)
		default:
			dst = record.AppendNamed(dst, text, s.own[step.source].value)
		}
	}
	s.encoded = dst
	return true
}
