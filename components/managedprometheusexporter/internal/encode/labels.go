package encode

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

type label struct{ name, value string }

func compareLabels(a, b label) int { return cmp.Compare(a.name, b.name) }

// begin takes the attributes of a point as the labels that all its series have. It is false, and the point is refused,
// when they cannot be labels.
func (s *state) begin(metric string, attributes pcommon.Map) bool {
	return s.sameNames(attributes) || s.newNames(metric, attributes)
}

// sameNames takes the values, when the names are those of the point before, whose plans then hold.
func (s *state) sameNames(attributes pcommon.Map) bool {
	if !s.repeatable || attributes.Len() != len(s.raw) {
		return false
	}
	i := 0
	for name, value := range attributes.All() {
		if name != s.raw[i] {
			return false
		}
		var text string
		if value.Type() == pcommon.ValueTypeStr {
			text = value.Str()
		} else {
			text = s.text(value)
		}
		if own := &s.own[i]; text != own.value {
			if text == "" || !utf8.ValidString(text) {
				return false
			}
			own.value = text
		}
		i++
	}
	return true
}

// newNames is the slow way. An attribute with an empty value is no label, so that such a point has plans of its own.
func (s *state) newNames(metric string, attributes pcommon.Map) bool {
	s.forget()
	s.repeatable = true
	for name, value := range attributes.All() {
		if name == verbatim.HistogramAttribute || name == verbatim.ExemplarsAttribute {
			s.repeatable = false
			continue
		}
		text, translated := s.text(value), name
		if s.kind.translated() {
			translated = s.names.label(name)
		}
		if text == "" {
			s.repeatable = false
			s.merges()
			continue
		}
		if translated == "" || !utf8.ValidString(translated) || !utf8.ValidString(text) {
			s.repeatable = false
			s.refuse(reasonInvalid, 1, metric, "attribute "+strconv.Quote(name)+" or its value cannot be a label: it is empty or not UTF-8")
			return false
		}
		s.raw = append(s.raw, name)
		s.own = append(s.own, label{translated, text})
	}
	if s.kind.translated() && s.collides() {
		s.repeatable = false
		s.join()
		s.merges()
	}
	return true
}

// merges tells that the point has less labels than attributes, so that another one may be of the same series.
func (s *state) merges() {
	if s.kind == kindOTLP {
		s.watch()
	}
}

// forget drops the labels and plans of the point before.
func (s *state) forget() {
	s.raw, s.own, s.repeatable = s.raw[:0], s.own[:0], false
	for i := range s.plans {
		s.plans[i].made = false
	}
}

// text is a value as a label has it.
func (s *state) text(v pcommon.Value) string {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		return v.Str()
	case pcommon.ValueTypeInt:
		return s.names.integer(v.Int())
	}
	return v.AsString()
}

// collides tells whether two attributes have become one label.
func (s *state) collides() bool {
	for i := range s.own {
		for j := range i {
			if s.own[i].name == s.own[j].name {
				return true
			}
		}
	}
	return false
}

// join makes one label of those that have the same name after translation, as the specification says: their values in the
// order of their original names, with ";" between.
func (s *state) join() {
	type attribute struct {
		label
		original string
	}
	all := make([]attribute, len(s.own))
	for i := range all {
		all[i] = attribute{s.own[i], s.raw[i]}
	}
	slices.SortStableFunc(all, func(a, b attribute) int {
		return cmp.Or(compareLabels(a.label, b.label), cmp.Compare(a.original, b.original))
	})
	s.own = s.own[:0]
	for i := 0; i < len(all); {
		values := []string{all[i].value}
		name := all[i].name
		for i++; i < len(all) && all[i].name == name; i++ {
			values = append(values, all[i].value)
		}
		s.own = append(s.own, label{name, strings.Join(values, ";")})
	}
}

// relabelled is the slow way, taken only with write_relabel_configs.
func (s *state) relabelled(p *plan, name string, x extra) bool {
	b := s.relabelBuilder()
	for i := range p.steps {
		b.Set(p.steps[i].name, s.value(&p.steps[i], name, x))
	}
	return s.relabelBuilt(b)
}

// relabelBuilt relabels what is in the builder, and encodes it.
func (s *state) relabelBuilt(b *labels.Builder) bool {
	kept := labels.EmptyLabels()
	if relabel.ProcessBuilder(b, s.e.set.WriteRelabelConfigs...) {
		kept = b.Labels()
	}
	if kept.IsEmpty() {
		s.batch.Filtered++
		return false
	}
	s.encoded = s.encoded[:0]
	kept.Range(func(l labels.Label) { s.encoded = record.AppendLabel(s.encoded, l.Name, l.Value) })
	return true
}
