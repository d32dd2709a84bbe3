package remotewritereceiver

import (
	"net/http"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
)

func described(kind prompb.MetricMetadata_MetricType, name string) prompb.MetricMetadata {
	return prompb.MetricMetadata{Type: kind, MetricFamilyName: name, Help: "About " + name + ".", Unit: "u"}
}

// A Prometheus server sends metadata in requests of their own.
func TestMetadataAlone(t *testing.T) {
	message := &prompb.WriteRequest{Metadata: []prompb.MetricMetadata{
		described(prompb.MetricMetadata_COUNTER, "c"), described(prompb.MetricMetadata_GAUGE, "g"),
		described(prompb.MetricMetadata_HISTOGRAM, "h"), described(prompb.MetricMetadata_GAUGEHISTOGRAM, "gh"),
		described(prompb.MetricMetadata_SUMMARY, "s"), described(prompb.MetricMetadata_INFO, "i"),
		described(prompb.MetricMetadata_STATESET, "ss"), described(prompb.MetricMetadata_UNKNOWN, "u"),
		{Type: 99, MetricFamilyName: "later", Help: "\xff"}, {Type: 1, MetricFamilyName: "c", Help: "Of another target."},
		{Type: 1, MetricFamilyName: "c", Help: "Of another target."},
	}}
	var sink consumertest.MetricsSink
	r := start(t, testConfig(), &sink)
	got := post(t, r.url, typeV1, bytesOf(t, message))
	require.Equal(t, http.StatusNoContent, got.status, got.text)
	require.Len(t, sink.AllMetrics(), 1)
	require.Zero(t, sink.AllMetrics()[0].DataPointCount())
	metrics := sink.AllMetrics()[0].ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics()
	var all [][4]string
	for _, m := range metrics.All() {
		all = append(all, about(m))
	}
	require.Equal(t, [][4]string{
		{"counter", "c", "About c.", "u"}, {"gauge", "g", "About g.", "u"}, {"histogram", "h", "About h.", "u"},
		{"gaugehistogram", "gh", "About gh.", "u"}, {"summary", "s", "About s.", "u"}, {"info", "i", "About i.", "u"},
		{"stateset", "ss", "About ss.", "u"}, {"unknown", "u", "About u.", "u"}, {"unknown", "later", "�", ""},
		{"counter", "c", "Of another target.", ""},
	}, all)
	require.EqualValues(t, 10, r.sum(t, "accepted_metadata", "", ""))
}

func TestMetadataBesideSeries(t *testing.T) {
	message := &prompb.WriteRequest{
		Timeseries: []prompb.TimeSeries{
			one(1, "__name__", "c_total"), one(1, "__name__", "h_bucket"), one(1, "__name__", "h_sum"), one(1, "__name__", "s_count"),
			one(1, "__name__", "g"), one(1, "__name__", "g_total"), one(1, "__name__", "i_info"), one(1, "__name__", "other"),
		},
		Metadata: []prompb.MetricMetadata{
			described(prompb.MetricMetadata_COUNTER, "c"), described(prompb.MetricMetadata_HISTOGRAM, "h"),
			described(prompb.MetricMetadata_SUMMARY, "s"), described(prompb.MetricMetadata_GAUGE, "g"),
			described(prompb.MetricMetadata_INFO, "i"), described(prompb.MetricMetadata_GAUGE, "alone"),
			{Type: prompb.MetricMetadata_SUMMARY, MetricFamilyName: "i"}, described(prompb.MetricMetadata_INFO, "i"), // the last describes i_info
		},
	}
	got, all := takeAll(t, typeV1, bytesOf(t, message))
	require.Equal(t, http.StatusNoContent, got.status, got.text)
	families := map[any][2]string{}
	for _, p := range read(t, all) {
		families[p.labels["__name__"]] = [2]string{p.about[0], p.about[1]}
	}
	require.Equal(t, map[any][2]string{
		"c_total": {"counter", "c"}, "h_bucket": {"histogram", "h"}, "h_sum": {"histogram", "h"}, "s_count": {"summary", "s"},
		"g": {"gauge", "g"}, "g_total": {"unknown", "g_total"}, "i_info": {"info", "i"}, "other": {"unknown", "other"},
	}, families)
	metrics := all[0].ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics()
	var apart [][2]string
	for i := 8; i < metrics.Len(); i++ {
		described := about(metrics.At(i))
		apart = append(apart, [2]string{described[0], described[1]})
	}
	require.Equal(t, [][2]string{{"info", "i"}, {"gauge", "alone"}, {"summary", "i"}}, apart)
}

func TestMetadataOfV2(t *testing.T) {
	request := newRequest2()
	for _, c := range []struct {
		kind model.MetricType
		name string
	}{
		{model.MetricTypeCounter, "c_total"}, {model.MetricTypeHistogram, "h_count"}, {model.MetricTypeGaugeHistogram, "gh_gsum"},
		{model.MetricTypeSummary, "s_sum"}, {model.MetricTypeSummary, "s"}, {model.MetricTypeInfo, "i_info"}, {model.MetricTypeGauge, "g_sum"},
		{model.MetricTypeStateset, "ss"}, {model.MetricTypeUnknown, "u"},
	} {
		request.add(samples2(1), c.kind, "About it.", "u", "__name__", c.name)
	}
	got, all := takeAll(t, typeV2, request.bytes(t))
	require.Equal(t, http.StatusNoContent, got.status, got.text)
	var families [][2]string
	for _, p := range read(t, all) {
		require.Equal(t, []string{"About it.", "u"}, p.about[2:])
		families = append(families, [2]string{p.about[0], p.about[1]})
	}
	require.Equal(t, [][2]string{
		{"counter", "c_total"}, {"histogram", "h"}, {"gaugehistogram", "gh"}, {"summary", "s"}, {"summary", "s"}, {"info", "i_info"},
		{"gauge", "g_sum"}, {"stateset", "ss"}, {"unknown", "u"},
	}, families)
}

func TestMetadataWithoutAName(t *testing.T) {
	message := &prompb.WriteRequest{
		Timeseries: []prompb.TimeSeries{one(1, "__name__", "good")},
		Metadata:   []prompb.MetricMetadata{{Help: "Of nothing."}, {MetricFamilyName: "\xff"}},
	}
	got, all := takeAll(t, typeV1, bytesOf(t, message))
	require.Equal(t, http.StatusBadRequest, got.status)
	require.Contains(t, got.text, "metadata: metric_family_name is empty or not UTF-8; and 1 more")
	require.Len(t, read(t, all), 1)
}
