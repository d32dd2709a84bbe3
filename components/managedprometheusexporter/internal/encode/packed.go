package encode

import (
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

// packed takes over a record of the verbatim convention: its series with their labels as they are, but for external labels
// and relabelling.
func (s *state) packed(written []byte) {
	s.use(kindVerbatim)
	items := &s.packing
	err := items.Reset(written)
	var loose []byte // metadata that no sample has followed yet
	for err == nil {
		var metadata []byte
		var more bool
		if metadata, more, err = items.Next(); err != nil || !more {
			break
		}
		if metadata != nil {
			s.loose = append(s.loose, loose...)
			loose = metadata
			s.out.describeRaw(metadata)
			continue
		}
		loose = nil
		s.repack(items)
	}
	s.loose = append(s.loose, loose...)
	if err != nil {
		s.refuse(reasonInvalid, 1, "packed series", "their record is damaged, or was written by another version: "+err.Error())
	}
}

func (s *state) repack(items *record.Reader) {
	sample := &items.Sample
	if sample.Kind == record.Histogram {
		if reason, way := s.unwanted(sample.Histogram); reason != "" {
			s.refuse(reason, 1, nameOf(sample.Labels), way)
			return
		}
	}
	asItIs := len(s.e.set.WriteRelabelConfigs) == 0 && len(s.e.external) == 0
	if !s.e.set.SendExemplars && sample.Kind == record.LoneExemplars {
		return
	}
	if !s.e.set.SendExemplars && len(sample.Exemplars) > 0 {
		sample.Exemplars, asItIs = nil, false
	}
	if asItIs {
		s.out.addFrom(items)
		return
	}
	if len(s.e.set.WriteRelabelConfigs) == 0 {
		sample.Labels = s.withExternal(sample.Labels)
	} else {
		if !s.relabelRecord(sample.Labels) {
			return
		}
		sample.Labels = s.encoded
	}
	s.out.add(sample)
}

// withExternal is encoded labels with external ones, valid until the next one.
func (s *state) withExternal(encoded []byte) []byte {
	if len(s.e.external) == 0 {
		return encoded
	}
	s.encoded = s.e.appendWithExternal(s.encoded[:0], encoded)
	return s.encoded
}

// relabelRecord is the slow way: it puts the labels into s.encoded with external labels, relabelled. It is false when
// relabelling has dropped the series.
func (s *state) relabelRecord(encoded []byte) bool {
	b := s.relabelBuilder()
	for _, l := range s.e.external {
		b.Set(l.name, l.value)
	}
	walk := record.LabelsOf(encoded)
	for name, value, ok := walk.Next(); ok; name, value, ok = walk.Next() {
		b.Set(string(name), string(value))
	}
	return s.relabelBuilt(b)
}

// appendWithExternal appends labels with those external ones among them, in their places, whose names they have not.
func (e *Encoder) appendWithExternal(dst, encoded []byte) []byte {
	from, at := 0, 0 // what is before from was appended, what is before at was looked at
	for i := range e.external {
		name, size := record.FirstName(encoded[at:])
		for size > 0 && string(name) < e.external[i].name {
			at += size
			name, size = record.FirstName(encoded[at:])
		}
		if size == 0 || string(name) != e.external[i].name {
			dst = append(dst, encoded[from:at]...)
			dst = append(dst, e.externalText[i]...)
			from = at
		}
	}
	return append(dst, encoded[from:]...)
}

// relabelBuilder is an empty builder for labels.
func (s *state) relabelBuilder() *labels.Builder {
	if s.relabel == nil {
		s.relabel = labels.NewBuilder(labels.EmptyLabels())
	}
	s.relabel.Reset(labels.EmptyLabels())
	return s.relabel
}

// nameOf is the name of the metric that encoded labels belong to.
func nameOf(encoded []byte) string {
	walk := record.LabelsOf(encoded)
	for name, value, ok := walk.Next(); ok; name, value, ok = walk.Next() {
		if string(name) == model.MetricNameLabel {
			return string(value)
		}
	}
	return ""
}
