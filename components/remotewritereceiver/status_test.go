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
