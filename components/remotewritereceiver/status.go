package remotewritereceiver

import (
	"net/http"
	"strconv"
	"sync/atomic"

	"github.com/msp-collector/msp-collector/components/status"
)

// refusedRemedies say what somebody can do about refused samples.
var refusedRemedies = [reasons]string{
	reasonInvalidLabels:    "a sender has names that Prometheus refuses, too: its log has our answer",
	reasonInvalidHistogram: "a sender has native histograms that contradict themselves: its log has our answer",
	reasonOutOfBounds:      "a sender's clock is wrong, or its times are not in milliseconds",
	reasonTooLarge:         "lower max_samples_per_send of the sender, or raise the receiver's limits",
	reasonMalformed:        "what came is no remote write request: see what the sender is",
	reasonUnavailable:      "the pipeline could not take it: the sender was told to come again, see the destination, and memory_limiter",
	reasonPermanent:        "the pipeline can never take it: the log says why",
}

// answeredRemedies say what somebody can do about requests that were answered so. What is not here is told by the reason for
// which samples were refused, or is of nobody who sends remote write.
var answeredRemedies = []struct {
	status int
	remedy string
}{
	{http.StatusUnauthorized, "a sender's user name or password is not one that the authenticator of http::auth knows; a Prometheus throws away what is answered so"},
	{http.StatusRequestEntityTooLarge, "lower max_samples_per_send of the sender, or raise http::max_request_body_size or max_decompressed_body_size"},
	{http.StatusUnsupportedMediaType, "what came is no remote write in snappy: see Content-Type and Content-Encoding, the sender's log has our answer"},
	{http.StatusServiceUnavailable, "senders were asked to retry: their logs have the answer, which names the destination's log, memory_limiter, http::auth or the limit of this receiver"},
}

// report is what delivery_status is told. Exemplars and requests stand among the refused under names of their own.
func (t *telemetry) report(endpoint string) status.Receiver {
	r := status.Receiver{Accepted: uint64(max(0, t.samples.Load())), Refused: []status.Loss{}, Endpoint: endpoint}
	refused := func(reason string, count *atomic.Int64, remedy string) {
		if n := count.Load(); n > 0 {
			r.Refused = append(r.Refused, status.Loss{Reason: reason, Samples: uint64(n), Remedy: remedy})
		}
	}
	for reason, name := range reasonNames {
		refused(name, &t.refusedSamples[reason], refusedRemedies[reason])
	}
	for reason, name := range reasonNames {
		refused("exemplars_"+name, &t.refusedExtras[reason], refusedRemedies[reason])
	}
	for _, a := range answeredRemedies {
		refused("requests_answered_"+strconv.Itoa(a.status), t.requests.of(a.status), a.remedy)
	}
	return r
}
