package encode

import (
	prom "github.com/prometheus/prometheus/model/histogram"

	"github.com/msp-collector/msp-collector/components/internal/protobuf"
)

// Why a data point did not become a sample.
const (
	reasonDelta     = "delta_temporality"
	reasonDuplicate = "duplicate_sample"
	reasonInvalid   = "invalid"
	reasonNativeOff = "native_histograms_off"
	reasonCustomV1  = "custom_buckets_in_remote_write_1"
)

// Reasons are all of them.
var Reasons = []string{reasonDelta, reasonDuplicate, reasonInvalid, reasonNativeOff, reasonCustomV1}

// refuse counts points and keeps one example for each reason.
func (s *state) refuse(reason string, points int, metric, way string) {
	if points == 0 {
		return
	}
	for i := range s.batch.Refused {
		if s.batch.Refused[i].Reason == reason {
			s.batch.Refused[i].Count += points
			return
		}
	}
	s.batch.Refused = append(s.batch.Refused, Refusal{Reason: reason, Count: points, Example: valid(metric) + ": " + way})
}

// The ways out for native histograms that are not sent.
const (
	wayNativeOff = "native histograms are sent only with send_native_histograms: true, when the endpoint takes them"
	wayCustomV1  = "native histograms with custom buckets need protobuf_message: io.prometheus.write.v2.Request, and an endpoint that takes it"
)

// nativeWanted refuses native histograms unless they are to be sent.
func (s *state) nativeWanted(metric string, points int) bool {
	if !s.e.set.SendNativeHistograms {
		s.refuse(reasonNativeOff, points, metric, wayNativeOff)
	}
	return s.e.set.SendNativeHistograms
}

// unwanted tells why a native histogram, given as its message, is not to be sent; the reason is empty when it is. Custom
// buckets do not exist in remote write 1.0, and Prometheus sends none there.
func (s *state) unwanted(message []byte) (reason, way string) {
	switch {
	case !s.e.set.SendNativeHistograms:
		return reasonNativeOff, wayNativeOff
	case protobuf.SchemaOf(message) == int64(prom.CustomBucketsSchema) && (s.e.set.CustomBuckets == nil || !s.e.set.CustomBuckets()):
		return reasonCustomV1, wayCustomV1
	default:
		return "", ""
	}
}
