package identity

import (
	"bytes"
	"math"
	"time"

	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/encoding/protodelim"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const protobufType = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"

// staleNaN is the value that Prometheus marks the end of a series with. Only protobuf can expose it.
const staleNaN = 0x7ff0000000000002

// exposedStale is the label is of the series that is exposed with it.
const exposedStale = "stale"

// protobufFixtures are the expositions that are not text.
func protobufFixtures() map[string]fixture {
	all := map[string]fixture{}
	for name, steps := range map[string][]func(time.Time) []*dto.MetricFamily{
		"protobuf":            {protobufKinds},
		"native":              {nativeHistograms(1), nativeHistograms(2), nativeHistograms(7), nativeHistograms(1)},
		"native_float":        {floatHistograms(1), floatHistograms(2.5)},
		"native_exemplars":    {nativeExemplars(1), nativeExemplars(2)},
		"native_gone":         {nativeHistograms(1), floatHistograms(1), protobufKinds, nativeHistograms(1)},
		"native_disconnected": {nativeHistograms(1), nativeHistograms(2), nil, nativeHistograms(1)},
		"native_broken":       {protobufKinds, brokenHistogram},
		"kinds_change":        {changingKind(0), changingKind(1), changingKind(2), changingKind(0), changingKind(2), changingKind(1)},
	} {
		f := fixture{name: name}
		for _, families := range steps {
			s := step{contentType: protobufType, disconnect: families == nil}
			s.body = func(base time.Time) []byte { return delimited(families(base)) }
			f.steps = append(f.steps, s)
		}
		all[name] = f
	}
	return all
}

func delimited(families []*dto.MetricFamily) []byte {
	var out bytes.Buffer
	for _, family := range families {
		if _, err := protodelim.MarshalTo(&out, family); err != nil {
			panic(err) // neither these messages nor a buffer fails
		}
	}
	return out.Bytes()
}

func family(name, help string, kind dto.MetricType, metrics ...*dto.Metric) *dto.MetricFamily {
	return &dto.MetricFamily{Name: &name, Help: &help, Type: &kind, Metric: metrics}
}

func pairs(namesAndValues ...string) (labels []*dto.LabelPair) {
	for i := 0; i < len(namesAndValues); i += 2 {
		labels = append(labels, &dto.LabelPair{Name: &namesAndValues[i], Value: &namesAndValues[i+1]})
	}
	return labels
}

// created is a moment in the past with a fraction of a millisecond.
func created() *timestamppb.Timestamp {
	return &timestamppb.Timestamp{Seconds: 1700000000, Nanos: 123456789}
}

func exemplar(base time.Time, after time.Duration, value float64, labels ...string) *dto.Exemplar {
	return &dto.Exemplar{Label: pairs(labels...), Value: &value, Timestamp: timestamppb.New(base.Add(after))}
}

// protobufKinds has every type of family but native histograms.
func protobufKinds(base time.Time) []*dto.MetricFamily {
	withUnit := family("sent_bytes_total", "With a unit.", dto.MetricType_COUNTER, &dto.Metric{
		Counter: &dto.Counter{Value: proto.Float64(5), CreatedTimestamp: created()},
	})
	withUnit.Unit = proto.String("bytes")
	var gauges []*dto.Metric
	for name, value := range map[string]float64{
		"nan": math.NaN(), "odd nan": math.Float64frombits(0x7ff8000000abcdef), exposedStale: math.Float64frombits(staleNaN),
		"infinity": math.Inf(1), "zero": math.Copysign(0, -1),
	} {
		gauges = append(gauges, &dto.Metric{Label: pairs("is", name), Gauge: &dto.Gauge{Value: &value}})
	}
	return []*dto.MetricFamily{
		family("requests_total", "Counter.", dto.MetricType_COUNTER,
			&dto.Metric{Label: pairs("code", "200"), Counter: &dto.Counter{
				Value: proto.Float64(3), CreatedTimestamp: created(), Exemplar: exemplar(base, 5*time.Millisecond, 1, "trace_id", "abc"),
			}},
			&dto.Metric{Label: pairs("code", "500", "job", "own"), Counter: &dto.Counter{Value: proto.Float64(0.5)}},
		),
		withUnit,
		family("value", "Gauge.", dto.MetricType_GAUGE, gauges...),
		family("with.dot", "", dto.MetricType_UNTYPED, &dto.Metric{
			Label: pairs("a.b", "c", "empty", ""), Untyped: &dto.Untyped{Value: proto.Float64(7)}, TimestampMs: proto.Int64(base.UnixMilli() + 9),
		}),
		family("wait_seconds", "Summary.", dto.MetricType_SUMMARY,
			&dto.Metric{Summary: &dto.Summary{
				SampleCount: proto.Uint64(4), SampleSum: proto.Float64(2.5), CreatedTimestamp: created(),
				Quantile: []*dto.Quantile{{Quantile: proto.Float64(0.5), Value: proto.Float64(1)}, {Quantile: proto.Float64(1), Value: proto.Float64(math.NaN())}},
			}},
			&dto.Metric{Label: pairs("quantiles", "none"), Summary: &dto.Summary{SampleCount: proto.Uint64(1), SampleSum: proto.Float64(1)}},
		),
		family("size_bytes", "Classic histogram.", dto.MetricType_HISTOGRAM, &dto.Metric{Histogram: classic(base)}),
		family("level", "Gauge histogram.", dto.MetricType_GAUGE_HISTOGRAM, &dto.Metric{Histogram: classic(base)}),
	}
}

func classic(base time.Time) *dto.Histogram {
	return &dto.Histogram{
		SampleCount: proto.Uint64(6), SampleSum: proto.Float64(1e6), CreatedTimestamp: created(),
		Bucket: []*dto.Bucket{
			{CumulativeCount: proto.Uint64(1), UpperBound: proto.Float64(1)},
			{CumulativeCount: proto.Uint64(3), UpperBound: proto.Float64(1e6), Exemplar: exemplar(base, time.Millisecond, 5, "trace_id", "def")},
		},
	}
}
