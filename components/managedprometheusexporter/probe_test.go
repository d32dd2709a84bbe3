package managedprometheusexporter

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/encode"
)

// The probe has the labels that the destination sees on all samples, and no probe is sent past the user's relabelling.
func TestTheProbeIsLabelledLikeAllSamples(t *testing.T) {
	config := createDefaultConfig().(*Config)
	config.ExternalLabels = map[string]string{"cluster": "a"}
	config.WriteRelabelConfigs = []map[string]any{{"target_label": "team", "replacement": "b"}}
	settings, err := config.encodeSettings()
	require.NoError(t, err)
	encoder, err := encode.New(settings)
	require.NoError(t, err)
	e := &metricsExporter{encoder: encoder}
	var items record.Reader
	require.NoError(t, items.Reset(e.probe()))
	for described := []byte{1}; described != nil; {
		var more bool
		described, more, err = items.Next()
		require.NoError(t, err)
		require.True(t, more)
	}
	labels, got := record.LabelsOf(items.Sample.Labels), map[string]string{}
	for name, value, ok := labels.Next(); ok; name, value, ok = labels.Next() {
		got[string(name)] = string(value)
	}
	require.Equal(t, map[string]string{"__name__": probeMetric, "cluster": "a", "team": "b"}, got)

	config.WriteRelabelConfigs = []map[string]any{{"source_labels": []any{"__name__"}, "regex": "msp_.*", "action": "drop"}}
	settings, err = config.encodeSettings()
	require.NoError(t, err)
	e.encoder, err = encode.New(settings)
	require.NoError(t, err)
	require.Nil(t, e.probe())
}
