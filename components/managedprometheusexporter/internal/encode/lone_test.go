package encode

import (
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// loneRecords encodes lone exemplars of two series and returns the items, of each kind of writer.
func loneRecords(t *testing.T, set Settings) (all [][]record.Sample) {
	t.Helper()
	list := []exemplar.Exemplar{{Labels: labels.FromStrings("trace_id", "a"), Value: 1, Ts: 7}, {Value: 2, Ts: 5}}
	for _, w := range []sampleWriter{&verbatim.Writer{}, &verbatim.Packer{}} {
		require.NoError(t, w.LoneExemplars(labels.FromStrings("__name__", "c_total", "job", "a"), list))
		require.NoError(t, w.LoneExemplars(labels.FromStrings("__name__", "c_total", "job", "b"), list[:1]))
		_, batch := encode(t, set, w.Take())
		require.Empty(t, batch.Refused)
		var items []record.Sample
		for _, payload := range batch.Payloads {
			var r record.Reader
			require.NoError(t, r.Reset(payload.Data))
			for {
				metadata, more, err := r.Next()
				require.NoError(t, err)
				if !more {
					break
				}
				if metadata == nil {
					one := r.Sample
					one.Labels = append([]byte(nil), one.Labels...)
					items = append(items, one)
				}
			}
		}
		all = append(all, items)
	}
	return all
}

func TestLoneExemplarsAreItemsOfTheirOwn(t *testing.T) {
	drop, err := relabel.NewRegexp("b")
	require.NoError(t, err)
	for name, test := range map[string]struct {
		set  Settings
		want []string
	}{
		"off":             {Settings{}, nil},
		"on":              {Settings{SendExemplars: true}, []string{`c_total{job="a"}`, `c_total{job="b"}`}},
		"external labels": {Settings{SendExemplars: true, ExternalLabels: map[string]string{"z": "1"}}, []string{`c_total{job="a",z="1"}`, `c_total{job="b",z="1"}`}},
		"relabelled": {Settings{SendExemplars: true, WriteRelabelConfigs: []*relabel.Config{
			{SourceLabels: model.LabelNames{"job"}, Regex: drop, Action: relabel.Drop, Separator: ";"},
		}}, []string{`c_total{job="a"}`}},
	} {
		t.Run(name, func(t *testing.T) {
			all := loneRecords(t, test.set)
			require.Equal(t, all[0], all[1], "written and packed")
			var got []string
			for i, item := range all[0] {
				require.Equal(t, record.LoneExemplars, item.Kind)
				require.EqualValues(t, 7, item.Timestamp, "that of the newest")
				one := decodeSample(t, item)
				require.Len(t, one.Exemplars, 2-i)
				got = append(got, labelsText(one.Labels))
			}
			require.Equal(t, test.want, got)
		})
	}
}

// A point that somebody marks as lone exemplars and that has none is nothing.
func TestLoneExemplarsThatAreNone(t *testing.T) {
	md := pmetric.NewMetrics()
	m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName("c_total")
	m.Metadata().PutBool(verbatim.MarkerKey, true)
	p := m.SetEmptyGauge().DataPoints().AppendEmpty()
	p.SetTimestamp(t1)
	p.Attributes().PutBool(verbatim.ExemplarsAttribute, true)
	_, batch := encode(t, Settings{SendExemplars: true}, md)
	require.Zero(t, batch.Samples)
	require.Empty(t, batch.Refused)
}
