package identity

import (
	"time"

	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/proto"
)

func span(offset int32, length uint32) *dto.BucketSpan {
	return &dto.BucketSpan{Offset: &offset, Length: &length}
}

// native is a native histogram with integer counts, which grow with n.
func native(n uint64) *dto.Histogram {
	return &dto.Histogram{
		SampleCount: proto.Uint64(12 * n), SampleSum: proto.Float64(12.5 * float64(n)), CreatedTimestamp: created(),
		Schema: proto.Int32(3), ZeroThreshold: proto.Float64(1e-128), ZeroCount: proto.Uint64(2 * n),
		PositiveSpan:  []*dto.BucketSpan{span(-2, 2), span(5, 3)},
		PositiveDelta: []int64{int64(n), int64(n), -int64(n), 0, int64(n)},
		NegativeSpan:  []*dto.BucketSpan{span(0, 2)},
		NegativeDelta: []int64{int64(n), int64(n)},
	}
}

// nativeHistograms has native histograms with integer counts: with and without classic buckets, gauges, empty ones, ones whose
// layout OpenTelemetry has no words for.
func nativeHistograms(n uint64) func(time.Time) []*dto.MetricFamily {
	return func(base time.Time) []*dto.MetricFamily {
		both := classic(base)
		both.Schema, both.ZeroThreshold, both.ZeroCount = proto.Int32(0), proto.Float64(0.001), proto.Uint64(0)
		both.PositiveSpan, both.PositiveDelta = []*dto.BucketSpan{span(0, 2)}, []int64{1, 4}
		empty := &dto.Histogram{
			SampleCount: proto.Uint64(0), SampleSum: proto.Float64(0), Schema: proto.Int32(3), ZeroThreshold: proto.Float64(2.938735877055719e-39),
			PositiveSpan: []*dto.BucketSpan{span(0, 0)},
		}
		holes := native(n)
		holes.SampleCount = proto.Uint64(2*n + 2)
		holes.NegativeSpan, holes.NegativeDelta = nil, nil
		holes.PositiveSpan, holes.PositiveDelta = []*dto.BucketSpan{span(-1000, 4), span(0, 1), span(1, 2), span(1<<20, 1)}, []int64{0, 0, 0, 1, -1, 0, 0, 1}
		coarse := native(n)
		coarse.Schema = proto.Int32(-4)
		fine := native(n)
		fine.Schema, fine.ZeroThreshold = proto.Int32(8), proto.Float64(0)
		return []*dto.MetricFamily{
			family("native_seconds", "Integer counts.", dto.MetricType_HISTOGRAM,
				&dto.Metric{Label: pairs("layout", "usual"), Histogram: native(n)},
				&dto.Metric{Label: pairs("layout", "empty"), Histogram: empty},
				&dto.Metric{Label: pairs("layout", "holes"), Histogram: holes},
				&dto.Metric{Label: pairs("layout", "coarse"), Histogram: coarse},
				&dto.Metric{Label: pairs("layout", "fine"), Histogram: fine},
				&dto.Metric{Label: pairs("layout", "timed"), Histogram: native(n), TimestampMs: proto.Int64(base.UnixMilli() + int64(n))},
			),
			family("both_seconds", "Classic and native buckets.", dto.MetricType_HISTOGRAM, &dto.Metric{Histogram: both}),
			family("gauge_seconds", "A gauge.", dto.MetricType_GAUGE_HISTOGRAM, &dto.Metric{Histogram: native(n)}),
		}
	}
}

// floatHistograms has native histograms with float counts.
func floatHistograms(n float64) func(time.Time) []*dto.MetricFamily {
	return func(time.Time) []*dto.MetricFamily {
		h := func() *dto.Histogram {
			return &dto.Histogram{
				SampleCountFloat: proto.Float64(4.5 * n), SampleSum: proto.Float64(7 * n), CreatedTimestamp: created(),
				Schema: proto.Int32(1), ZeroThreshold: proto.Float64(0.25), ZeroCountFloat: proto.Float64(0.5 * n),
				PositiveSpan: []*dto.BucketSpan{span(1, 2)}, PositiveCount: []float64{1.5 * n, 0.5 * n},
				NegativeSpan: []*dto.BucketSpan{span(-3, 1)}, NegativeCount: []float64{2 * n},
			}
		}
		return []*dto.MetricFamily{
			family("float_seconds", "Float counts.", dto.MetricType_HISTOGRAM, &dto.Metric{Histogram: h()}),
			family("float_gauge_seconds", "A gauge.", dto.MetricType_GAUGE_HISTOGRAM, &dto.Metric{Histogram: h()}),
		}
	}
}

// nativeExemplars has exemplars at a native histogram: some in order, some repeated, one without a timestamp.
func nativeExemplars(n uint64) func(time.Time) []*dto.MetricFamily {
	return func(base time.Time) []*dto.MetricFamily {
		h := native(n)
		timeless := exemplar(base, 0, 3, "trace_id", "timeless")
		timeless.Timestamp = nil
		h.Exemplars = []*dto.Exemplar{
			exemplar(base, 3*time.Millisecond, 1, "trace_id", "first"),
			exemplar(base, time.Millisecond, 2, "trace_id", "earlier"),
			timeless,
			exemplar(base, time.Duration(n)*10*time.Millisecond, float64(n), "trace_id", "new", "span_id", "00f067aa0ba902b7"),
		}
		return []*dto.MetricFamily{family("traced_seconds", "With exemplars.", dto.MetricType_HISTOGRAM, &dto.Metric{Histogram: h})}
	}
}

// brokenHistogram has one whose count is not that of its buckets: the scrape fails.
func brokenHistogram(time.Time) []*dto.MetricFamily {
	h := native(1)
	h.SampleCount = proto.Uint64(1)
	return []*dto.MetricFamily{family("broken_seconds", "", dto.MetricType_HISTOGRAM, &dto.Metric{Histogram: h})}
}

// changingKind is one series that is a float at first, then a native histogram, then one with float counts.
func changingKind(kind int) func(time.Time) []*dto.MetricFamily {
	return func(base time.Time) []*dto.MetricFamily {
		switch kind {
		case 1:
			return []*dto.MetricFamily{family("changing", "Changes.", dto.MetricType_HISTOGRAM, &dto.Metric{Histogram: native(1)})}
		case 2:
			h := floatHistograms(1)(base)[0]
			h.Name, h.Help = proto.String("changing"), proto.String("Changes.")
			return []*dto.MetricFamily{h}
		default:
			return []*dto.MetricFamily{family("changing", "Changes.", dto.MetricType_GAUGE, &dto.Metric{Gauge: &dto.Gauge{Value: proto.Float64(1)}})}
		}
	}
}
