package remotewritereceiver

import (
	"net/http"
	"slices"
	"testing"

	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pipeline"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// exporting is a host with exporters.
type exporting struct {
	component.Host
	exporters []string
}

func (e exporting) GetExporters() map[pipeline.Signal]map[component.ID]component.Component {
	all := map[component.ID]component.Component{}
	for _, name := range e.exporters {
		all[component.MustNewIDWithName(name, "x")] = nil
	}
	return map[pipeline.Signal]map[component.ID]component.Component{pipeline.SignalMetrics: all}
}

func hostOf(exporters ...string) exporting { return exporting{componenttest.NewNopHost(), exporters} }

// Packed series are the same ones.
func TestPackedSeries(t *testing.T) {
	s := one(1.5, series...)
	s.Samples = append(s.Samples, prompb.Sample{Timestamp: t0 + 1, Value: staleNaN})
	s.Exemplars = []prompb.Exemplar{{Labels: pairs("trace_id", "abc"), Value: 0.25, Timestamp: t0}}
	whole, _ := histograms()
	native := prompb.TimeSeries{Labels: pairs("__name__", "n"), Histograms: []prompb.Histogram{prompb.FromIntHistogram(t0, whole[0])}}
	message := &prompb.WriteRequest{
		Timeseries: []prompb.TimeSeries{s, native},
		Metadata:   []prompb.MetricMetadata{described(prompb.MetricMetadata_HISTOGRAM, "h"), described(prompb.MetricMetadata_GAUGE, "alone")},
	}
	var sink consumertest.MetricsSink
	r := startWith(t, testConfig(), &sink, hostOf("managed_prometheus"))
	require.Equal(t, http.StatusNoContent, post(t, r.url, typeV1, bytesOf(t, message)).status)
	require.Len(t, sink.AllMetrics(), 1)
	resources := sink.AllMetrics()[0].ResourceMetrics()
	require.Equal(t, 2, resources.Len())
	written, ok := verbatim.Packed(resources.At(0).ScopeMetrics().At(0).Metrics().At(0))
	require.True(t, ok)
	require.Equal(t, [4]string{"gauge", "alone", "About alone.", "u"}, about(resources.At(1).ScopeMetrics().At(0).Metrics().At(0)))

	samples, families := unpack(t, written)
	require.Equal(t, []record.Metadata{{Type: record.HistogramType, Family: "h", Help: "About h.", Unit: "u"}, {}}, families)
	sent := []prompb.TimeSeries{
		{Labels: s.Labels, Samples: s.Samples[:1]}, {Labels: s.Labels, Samples: s.Samples[1:], Exemplars: s.Exemplars}, native,
	}
	require.Len(t, samples, len(sent))
	for i, want := range sent {
		expected, err := want.Marshal()
		require.NoError(t, err)
		got := prompb.TimeSeries{}
		require.NoError(t, got.Unmarshal(append(append([]byte{}, samples[i].Labels...), samples[i].Exemplars...)))
		if samples[i].Kind == record.Float {
			got.Samples = []prompb.Sample{{Timestamp: samples[i].Timestamp, Value: samples[i].Value}}
		} else {
			got.Histograms = make([]prompb.Histogram, 1)
			require.NoError(t, got.Histograms[0].Unmarshal(samples[i].Histogram))
		}
		actual, err := got.Marshal()
		require.NoError(t, err)
		require.Equal(t, expected, actual)
	}

	metadata := &prompb.WriteRequest{Metadata: message.Metadata}
	require.Equal(t, http.StatusNoContent, post(t, r.url, typeV1, bytesOf(t, metadata)).status)
	require.Equal(t, 2, sink.AllMetrics()[1].MetricCount(), "metadata alone")
}

func unpack(t *testing.T, written []byte) (samples []record.Sample, families []record.Metadata) {
	t.Helper()
	var items record.Reader
	require.NoError(t, items.Reset(written))
	for {
		described, more, err := items.Next()
		require.NoError(t, err)
		if !more {
			return samples, families
		}
		if described != nil {
			m, err := record.DecodeMetadata(described)
			require.NoError(t, err)
			families = append(families, m)
			continue
		}
		s := items.Sample
		s.Labels = slices.Clone(s.Labels)
		samples = append(samples, s)
	}
}
