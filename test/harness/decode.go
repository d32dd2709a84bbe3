package harness

import (
	"fmt"
	"math"
	"strings"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
)

// DecodeWriteRequest reads the body of a request; its Content-Type tells the version.
func DecodeWriteRequest(contentType string, compressed []byte) (WriteRequest, error) {
	body, err := snappy.Decode(nil, compressed)
	if err != nil {
		return WriteRequest{}, fmt.Errorf("decompress: %w", err)
	}
	decode := decodeV1
	if strings.Contains(contentType, "io.prometheus.write.v2.Request") {
		decode = decodeV2
	}
	request, err := decode(body)
	request.Raw = len(body)
	return request, err
}

func decodeV1(body []byte) (WriteRequest, error) {
	var message prompb.WriteRequest
	if err := message.Unmarshal(body); err != nil {
		return WriteRequest{}, fmt.Errorf("decode 1.0: %w", err)
	}
	request := WriteRequest{Series: make([]WrittenSeries, len(message.Timeseries))}
	for i := range message.Timeseries {
		if err := request.Series[i].fromV1(&message.Timeseries[i]); err != nil {
			return request, err
		}
	}
	for _, m := range message.Metadata {
		request.Metadata = append(request.Metadata, WrittenMetadata{int(m.Type), m.MetricFamilyName, m.Help, m.Unit})
	}
	return request, nil
}

func (s *WrittenSeries) fromV1(series *prompb.TimeSeries) error {
	s.Labels = labelsV1(series.Labels)
	for _, sample := range series.Samples {
		s.Samples = append(s.Samples, WrittenSample{Timestamp: sample.Timestamp, Bits: math.Float64bits(sample.Value)})
	}
	for i := range series.Histograms {
		bytes, err := series.Histograms[i].Marshal()
		if err != nil {
			return err
		}
		s.Histograms = append(s.Histograms, WrittenHistogram{Timestamp: series.Histograms[i].Timestamp, Bytes: bytes})
	}
	for _, e := range series.Exemplars {
		s.Exemplars = append(s.Exemplars, WrittenExemplar{labelsV1(e.Labels), e.Timestamp, math.Float64bits(e.Value)})
	}
	return nil
}

func labelsV1(labels []prompb.Label) []WrittenLabel {
	result := make([]WrittenLabel, len(labels))
	for i, label := range labels {
		result[i] = WrittenLabel{label.Name, label.Value}
	}
	return result
}

func decodeV2(body []byte) (WriteRequest, error) {
	var message writev2.Request
	if err := message.Unmarshal(body); err != nil {
		return WriteRequest{}, fmt.Errorf("decode 2.0: %w", err)
	}
	if len(message.Symbols) == 0 || message.Symbols[0] != "" {
		return WriteRequest{}, fmt.Errorf("decode 2.0: the first of %d symbols is not the empty one", len(message.Symbols))
	}
	request := WriteRequest{V2: true, Series: make([]WrittenSeries, len(message.Timeseries))}
	for i := range message.Timeseries {
		if err := request.Series[i].fromV2(&message.Timeseries[i], message.Symbols); err != nil {
			return request, fmt.Errorf("decode series %d of 2.0: %w", i, err)
		}
	}
	return request, nil
}

func (s *WrittenSeries) fromV2(series *writev2.TimeSeries, symbols []string) (err error) {
	if s.Labels, err = labelsV2(series.LabelsRefs, symbols); err != nil {
		return err
	}
	for _, sample := range series.Samples {
		s.Samples = append(s.Samples, WrittenSample{sample.Timestamp, sample.StartTimestamp, math.Float64bits(sample.Value)})
	}
	for _, h := range series.Histograms {
		written := WrittenHistogram{Timestamp: h.Timestamp, Start: h.StartTimestamp}
		h.StartTimestamp = 0
		if written.Bytes, err = h.Marshal(); err != nil {
			return err
		}
		s.Histograms = append(s.Histograms, written)
	}
	for _, e := range series.Exemplars {
		labels, err := labelsV2(e.LabelsRefs, symbols)
		if err != nil {
			return err
		}
		s.Exemplars = append(s.Exemplars, WrittenExemplar{labels, e.Timestamp, math.Float64bits(e.Value)})
	}
	return s.describeV2(series.Metadata, symbols)
}

func (s *WrittenSeries) describeV2(m writev2.Metadata, symbols []string) error {
	if m.Type == 0 && m.HelpRef == 0 && m.UnitRef == 0 {
		return nil
	}
	if max(int(m.HelpRef), int(m.UnitRef)) >= len(symbols) {
		return fmt.Errorf("metadata refer to symbols %d and %d of %d", m.HelpRef, m.UnitRef, len(symbols))
	}
	s.Metadata = &WrittenMetadata{Type: int(m.Type), Help: symbols[m.HelpRef], Unit: symbols[m.UnitRef]}
	return nil
}

func labelsV2(refs []uint32, symbols []string) ([]WrittenLabel, error) {
	if len(refs)%2 != 0 {
		return nil, fmt.Errorf("%d references are no pairs", len(refs))
	}
	result := make([]WrittenLabel, len(refs)/2)
	for i := range result {
		name, value := int(refs[2*i]), int(refs[2*i+1])
		if max(name, value) >= len(symbols) {
			return nil, fmt.Errorf("a label refers to symbols %d and %d of %d", name, value, len(symbols))
		}
		result[i] = WrittenLabel{symbols[name], symbols[value]}
	}
	return result, nil
}
