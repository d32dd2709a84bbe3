package encode

// Why a data point did not become a sample.
const (
	reasonDelta     = "delta_temporality"
	reasonDuplicate = "duplicate_sample"
	reasonInvalid   = "invalid"
	reasonNativeOff = "native_histograms_off"
)

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

// nativeWanted refuses native histograms unless they are to be sent.
func (s *state) nativeWanted(metric string, points int) bool {
	if !s.e.set.SendNativeHistograms {
		s.refuse(reasonNativeOff, points, metric, "native histograms are sent only with send_native_histograms: true, when the endpoint takes them")
	}
	return s.e.set.SendNativeHistograms
}
