package remotewritereceiver

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/status"
)

func TestReceiverAsItIsShown(t *testing.T) {
	var received telemetry
	var refused refusals
	refused.samples[reasonTooLarge] = 3
	received.count(written{samples: 7}, &refused)
	require.Equal(t, status.Receiver{
		Accepted: 7, Endpoint: "127.0.0.1:9201",
		Refused: []status.Loss{{Reason: "too_large", Samples: 3, Remedy: refusedRemedies[reasonTooLarge]}},
	}, received.report("127.0.0.1:9201"))
	for reason, remedy := range refusedRemedies {
		require.NotEmpty(t, remedy, reasonNames[reason])
	}
}

// What a wrong password does is seen, too.
func TestRefusedExemplarsAndRequestsAsTheyAreShown(t *testing.T) {
	var received telemetry
	var refused refusals
	refused.exemplars[reasonOutOfBounds] = 2
	received.count(written{}, &refused)
	for _, status := range []int{204, 400, 401, 401, 404, 413, 415, 503} {
		received.answered(status)
	}
	all := received.report("").Refused
	counts := map[string]uint64{}
	for _, one := range all {
		require.NotEmpty(t, one.Remedy)
		counts[one.Reason] = one.Samples
	}
	require.Equal(t, map[string]uint64{
		"exemplars_out_of_bounds": 2, "requests_answered_401": 2, "requests_answered_413": 1, "requests_answered_415": 1, "requests_answered_503": 1,
	}, counts)
	require.Contains(t, all[0].Remedy, "clock is wrong")
	require.Contains(t, all[1].Remedy, "http::auth")
}
