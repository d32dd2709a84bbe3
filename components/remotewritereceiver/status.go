package remotewritereceiver

import "github.com/msp-collector/msp-collector/components/status"

// refusedRemedies say what somebody can do about refused samples.
var refusedRemedies = [reasons]string{
	reasonInvalidLabels:    "a sender has names that Prometheus refuses, too: its log has our answer",
	reasonInvalidHistogram: "a sender has native histograms that contradict themselves: its log has our answer",
	reasonOutOfBounds:      "a sender's clock is wrong, or its times are not in milliseconds",
	reasonNoSample:         "an exemplar came without its sample, which remote write does not allow",
	reasonTooLarge:         "lower max_samples_per_send of the sender, or raise the receiver's limits",
	reasonMalformed:        "what came is no remote write request: see what the sender is",
	reasonUnavailable:      "the pipeline could not take it: the sender was told to come again, see the destination, and memory_limiter",
	reasonPermanent:        "the pipeline can never take it: the log says why",
}

// report is what delivery_status is told.
func (t *telemetry) report(endpoint string) status.Receiver {
	r := status.Receiver{Accepted: uint64(max(0, t.samples.Load())), Refused: []status.Loss{}, Endpoint: endpoint}
	for reason, name := range reasonNames {
		if n := t.refusedSamples[reason].Load(); n > 0 {
			r.Refused = append(r.Refused, status.Loss{Reason: name, Samples: uint64(n), Remedy: refusedRemedies[reason]})
		}
	}
	return r
}
