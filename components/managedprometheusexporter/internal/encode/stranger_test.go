package encode

import (
	"testing"

	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// The marker of the verbatim convention is not a secret: here are points of whoever may send OTLP.

func nativeOfAStranger(fields []byte, at pcommon.Timestamp) pmetric.Metrics {
	md, sm := resource()
	m := metric(sm, "h")
	m.Metadata().PutBool(verbatim.MarkerKey, true)
	p := m.SetEmptyGauge().DataPoints().AppendEmpty()
	p.SetTimestamp(at)
	p.Attributes().PutEmptyBytes(verbatim.HistogramAttribute).FromRaw(fields)
	return md
}

func TestAStrangersDamagedHistogramIsRefused(t *testing.T) {
	d, batch := encode(t, verbatimSettings, nativeOfAStranger([]byte("nonsense"), t1))
	require.Empty(t, d.samples)
	require.Equal(t, []Refusal{{Reason: reasonInvalid, Count: 1, Example: "h: its native histogram is damaged, or is none"}}, batch.Refused)
}

func TestTheTimeOfAHistogramIsItsPoints(t *testing.T) {
	fields, err := (&prompb.Histogram{Sum: 1, Timestamp: 77}).Marshal()
	require.NoError(t, err)
	for _, at := range []pcommon.Timestamp{0, t1} {
		encode(t, verbatimSettings, nativeOfAStranger(fields, at)) // which compares the times
	}
}

func TestAStrangersLabelsAreSortedAndThereOnce(t *testing.T) {
	const text = `{"resourceMetrics": [{"scopeMetrics": [{"metrics": [{
		"name": "m",
		"metadata": [{"key": "prometheus.verbatim", "value": {"boolValue": true}}],
		"gauge": {"dataPoints": [
			{"timeUnixNano": "1000000000", "asDouble": 1, "attributes": [
				{"key": "z", "value": {"stringValue": "1"}}, {"key": "a", "value": {"stringValue": ""}},
				{"key": "__name__", "value": {"stringValue": "another"}}, {"key": "z", "value": {"stringValue": "2"}},
				{"key": "b", "value": {"intValue": "3"}}]},
			{"timeUnixNano": "1000000000", "asDouble": 1, "attributes": [{"key": "", "value": {"stringValue": "1"}}]},
			{"timeUnixNano": "1000000000", "asDouble": 2}]}
	}]}]}]}`
	md, err := (&pmetric.JSONUnmarshaler{}).UnmarshalMetrics([]byte(text))
	require.NoError(t, err)
	batch := requireSamples(t, verbatimSettings, md, `
		m{b="3",z="1"} 1 @1000
		m 2 @1000`)
	require.Equal(t, map[string]int{reasonInvalid: 1}, counts(batch.Refused))
}
