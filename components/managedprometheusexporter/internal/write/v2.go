package write

import (
	"fmt"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

// Tags of io.prometheus.write.v2: Request, TimeSeries, Exemplar, Metadata and Histogram.
const (
	tagSymbols      = 4<<3 | lengthDelimited
	tagSeriesV2     = 5<<3 | lengthDelimited
	tagRefs         = 1<<3 | lengthDelimited // of a TimeSeries and of an Exemplar
	tagHistogramsV2 = 3<<3 | lengthDelimited
	tagExemplarsV2  = 4<<3 | lengthDelimited
	tagMetadataV2   = 5<<3 | lengthDelimited
	tagHelpRef      = 3<<3 | varint
	tagUnitRef      = 4<<3 | varint
)

// startOfHistogram is the tag of Histogram.start_timestamp, field 17, which is the one field that 1.0 does not have.
var startOfHistogram = [...]byte{0x88, 0x01}

// describe remembers what a metadata item says about the series that follow.
func (m *message) describe(item []byte) error {
	meta, err := record.ViewMetadata(item)
	if err != nil {
		return err
	}
	kind := metricType(meta.Type)
	if m.meta = m.meta[:0]; kind == record.Unknown && len(meta.Help)+len(meta.Unit) == 0 {
		return nil
	}
	m.counts.Metadata++
	m.meta = append(m.meta, tagMetadataV2, 0, tagMetadataType, byte(kind), tagHelpRef)
	m.meta = appendUvarint(m.meta, m.symbols.ref(meta.Help))
	m.meta = appendUvarint(append(m.meta, tagUnitRef), m.symbols.ref(meta.Unit))
	m.meta[1] = byte(len(m.meta) - 2) //nolint:gosec // at most 14
	return nil
}

// addV2 appends a TimeSeries.
func (m *message) addV2(s *record.Sample) error {
	rest, ok := m.translate(s.Labels)
	if !ok || len(rest) > 0 {
		return fmt.Errorf("labels: %w", record.ErrCorrupt)
	}
	m.one = appendField(m.one[:0], tagRefs, m.refs)
	switch s.Kind {
	case record.Float:
		m.one = appendSample(m.one, s, true)
	case record.Histogram:
		m.one = appendHistogramV2(m.one, s)
	}
	if err := m.addExemplars(s.Exemplars); err != nil {
		return err
	}
	m.one = append(m.one, m.meta...)
	m.series = appendField(m.series, tagSeriesV2, m.one)
	return nil
}

func appendHistogramV2(dst []byte, s *record.Sample) []byte {
	if s.Start == 0 {
		return appendField(dst, tagHistogramsV2, s.Histogram)
	}
	dst = appendLength(dst, tagHistogramsV2, len(s.Histogram)+len(startOfHistogram)+int64Size(s.Start))
	dst = append(append(dst, s.Histogram...), startOfHistogram[:]...)
	return appendInt64(dst, s.Start)
}

// addExemplars translates their labels; value and timestamp are the same fields in both protocols.
func (m *message) addExemplars(exemplars []byte) error {
	for len(exemplars) > 0 {
		one, rest, ok := take(exemplars, tagExemplarsV1)
		if !ok {
			return fmt.Errorf("exemplars: %w", record.ErrCorrupt)
		}
		numbers, ok := m.translate(one)
		if !ok || !validNumbers(numbers) {
			return fmt.Errorf("exemplar: %w", record.ErrCorrupt)
		}
		m.exemplar = m.exemplar[:0]
		if len(m.refs) > 0 {
			m.exemplar = appendField(m.exemplar, tagRefs, m.refs)
		}
		m.exemplar = append(m.exemplar, numbers...)
		m.one = appendField(m.one, tagExemplarsV2, m.exemplar)
		m.counts.Exemplars++
		exemplars = rest
	}
	return nil
}

// known is a label and what it was translated to.
type known struct {
	label       []byte // a copy of the encoded field
	name, value uint32
}

// translate turns the labels in front of fields into references, and returns what follows them. Most labels are those that
// the series before had in the same place, so that comparing them spares looking them up.
func (m *message) translate(fields []byte) (rest []byte, ok bool) {
	m.refs = m.refs[:0]
	for i := 0; len(fields) > 0 && fields[0] == tagLabels; i++ {
		if i == len(m.last) {
			m.last = append(m.last, known{})
		}
		last := &m.last[i]
		if size := len(last.label); size == 0 || len(fields) < size || string(fields[:size]) != string(last.label) {
			name, value, rest, ok := nextLabel(fields)
			if !ok {
				return nil, false
			}
			last.label = append(last.label[:0], fields[:len(fields)-len(rest)]...)
			last.name, last.value = m.symbols.ref(name), m.symbols.ref(value)
		}
		m.refs = appendUvarint(appendUvarint(m.refs, last.name), last.value)
		fields = fields[len(last.label):]
	}
	return fields, true
}
