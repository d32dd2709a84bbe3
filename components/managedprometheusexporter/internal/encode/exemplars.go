package encode

import (
	"encoding/hex"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/protobuf"
	"github.com/msp-collector/msp-collector/components/internal/record"
)

// Names of the labels that hold a trace's and a span's id, as Prometheus has them.
const (
	traceID = "trace_id"
	spanID  = "span_id"
	// maxExemplarRunes bounds the labels of an exemplar; beyond it, OTLP ones keep only the two above.
	maxExemplarRunes = 128
)

// exemplars puts the exemplars of the next sample into s.example, where they are to be sent.
func (s *state) exemplars(list pmetric.ExemplarSlice) {
	s.example = s.example[:0]
	if !s.e.set.SendExemplars {
		return
	}
	for i := range list.Len() {
		s.exemplar(list.At(i))
	}
}

// bucketExemplars takes those whose value is in the bucket (lower, upper].
func (s *state) bucketExemplars(list pmetric.ExemplarSlice, lower, upper float64) {
	s.example = s.example[:0]
	if !s.e.set.SendExemplars {
		return
	}
	for i := range list.Len() {
		if value := exemplarValue(list.At(i)); value > lower && value <= upper {
			s.exemplar(list.At(i))
		}
	}
}

// exemplar appends an Exemplar field of a TimeSeries of remote write 1.0. One whose labels are not UTF-8 is left out.
func (s *state) exemplar(x pmetric.Exemplar) {
	own, runes := s.ids(x)
	for name, value := range x.FilteredAttributes().All() {
		text := value.AsString()
		if !isText(name) || !utf8.ValidString(text) {
			return
		}
		runes += utf8.RuneCountInString(name) + utf8.RuneCountInString(text)
		own = append(own, label{name, text})
	}
	if s.kind == kindOTLP && runes > maxExemplarRunes {
		own, _ = s.ids(x)
	}
	s.scratch = own
	sortLabels(own)
	message := s.message[:0]
	for i, l := range own {
		if i == 0 || l.name != own[i-1].name {
			message = record.AppendLabel(message, l.name, l.value)
		}
	}
	message = protobuf.AppendDouble(message, 2, exemplarValue(x))
	message = protobuf.AppendVarint(message, 3, uint64(milliseconds(x.Timestamp()))) //nolint:gosec // int64 travels as its bits
	s.message = message
	s.example = protobuf.AppendBytes(s.example, 3, message)
}

// ids begins the labels of an exemplar with those of its trace and span, and counts their runes.
func (s *state) ids(x pmetric.Exemplar) (own []label, runes int) {
	own = s.scratch[:0]
	if id := x.TraceID(); !id.IsEmpty() {
		own = append(own, label{traceID, hex.EncodeToString(id[:])})
		runes += len(traceID) + 2*len(id)
	}
	if id := x.SpanID(); !id.IsEmpty() {
		own = append(own, label{spanID, hex.EncodeToString(id[:])})
		runes += len(spanID) + 2*len(id)
	}
	return own, runes
}

func exemplarValue(x pmetric.Exemplar) float64 {
	if x.ValueType() == pmetric.ExemplarValueTypeInt {
		return float64(x.IntValue())
	}
	return x.DoubleValue()
}

// sortLabels sorts a few labels in place, and keeps the order of those with one name.
func sortLabels(labels []label) {
	for i := 1; i < len(labels); i++ {
		for j := i; j > 0 && labels[j-1].name > labels[j].name; j-- {
			labels[j-1], labels[j] = labels[j], labels[j-1]
		}
	}
}
