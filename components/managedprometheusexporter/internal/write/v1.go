package write

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

// Tags of prometheus.WriteRequest, TimeSeries and MetricMetadata.
const (
	tagSeriesV1      = 1<<3 | lengthDelimited
	tagMetadataV1    = 3<<3 | lengthDelimited
	tagExemplarsV1   = 3<<3 | lengthDelimited
	tagHistogramsV1  = 4<<3 | lengthDelimited
	tagMetadataType  = 1<<3 | varint
	tagMetadataName  = 2<<3 | lengthDelimited
	tagMetadataHelp  = 4<<3 | lengthDelimited
	tagMetadataUnit  = 5<<3 | lengthDelimited
	unknownMetaTypes = record.StateSet + 1
)

// addV1 appends a TimeSeries: everything but the value of a float is copied.
func (m *message) addV1(s *record.Sample) error {
	if !validLabels(s.Labels) {
		return fmt.Errorf("labels: %w", record.ErrCorrupt)
	}
	exemplars, ok := countExemplars(s.Exemplars)
	if !ok {
		return fmt.Errorf("exemplars: %w", record.ErrCorrupt)
	}
	m.counts.Exemplars += exemplars
	size := len(s.Labels) + len(s.Exemplars)
	switch s.Kind {
	case record.Float:
		size += fieldSize(sampleSize(s, false))
	case record.Histogram:
		size += fieldSize(len(s.Histogram))
	}
	dst := appendLength(m.series, tagSeriesV1, size)
	dst = append(dst, s.Labels...)
	if s.Kind == record.Float {
		dst = appendSample(dst, s, false)
	}
	dst = append(dst, s.Exemplars...)
	if s.Kind == record.Histogram {
		dst = appendField(dst, tagHistogramsV1, s.Histogram)
	}
	m.series = dst
	return nil
}

// MetadataSize is what a family adds to a request of EncodeMetadata.
func MetadataSize(m *record.Metadata) int { return fieldSize(metadataSize(m)) }

// metadataSize is the size of a MetricMetadata message.
func metadataSize(m *record.Metadata) int {
	return 2 + fieldSize(len(m.Family)) + fieldSize(len(m.Help)) + fieldSize(len(m.Unit))
}

func appendMetadataV1(dst []byte, m *record.Metadata) []byte {
	texts := [...]struct {
		tag  byte
		text string
	}{{tagMetadataName, m.Family}, {tagMetadataHelp, m.Help}, {tagMetadataUnit, m.Unit}}
	dst = appendLength(dst, tagMetadataV1, metadataSize(m))
	dst = append(dst, tagMetadataType, byte(metricType(m.Type)))
	for _, t := range texts {
		dst = append(appendLength(dst, t.tag, len(t.text)), t.text...)
	}
	return dst
}

// metricType is a type the protocols know; both number them alike.
func metricType(t record.MetricType) record.MetricType {
	if t >= unknownMetaTypes {
		return record.Unknown
	}
	return t
}

// sampleSize is the size of a Sample message; its first two fields are the same in both protocols.
func sampleSize(s *record.Sample, start bool) int {
	size := 0
	if math.Float64bits(s.Value) != 0 {
		size += 1 + 8
	}
	if s.Timestamp != 0 {
		size += 1 + int64Size(s.Timestamp)
	}
	if start && s.Start != 0 {
		size += 1 + int64Size(s.Start)
	}
	return size
}

// appendSample appends a TimeSeries's samples field. Only a zero without a sign is the default that may be left out.
func appendSample(dst []byte, s *record.Sample, start bool) []byte {
	dst = append(dst, tagSamples, byte(sampleSize(s, start))) //nolint:gosec // at most 31
	if bits := math.Float64bits(s.Value); bits != 0 {
		dst = binary.LittleEndian.AppendUint64(append(dst, tagValue), bits)
	}
	if s.Timestamp != 0 {
		dst = appendInt64(append(dst, tagTimestamp), s.Timestamp)
	}
	if start && s.Start != 0 {
		dst = appendInt64(append(dst, tagStart), s.Start)
	}
	return dst
}
