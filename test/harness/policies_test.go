package harness

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPoliciesDecideByWhatARequestHolds(t *testing.T) {
	tests := map[string]struct {
		policy   Policy
		send     func(*testing.T, *Endpoint, ...string) reply
		names    []string
		status   int
		written  string // header of the answer to 2.0
		accepted uint64
	}{
		"poison":                  {Poison("__name__", "bad"), sendV1, []string{"a", "bad"}, 400, "", 0},
		"poison, without":         {Poison("__name__", "bad"), sendV1, []string{"a", "b"}, 204, "", 2},
		"poison, 2.0":             {Poison("__name__", "bad"), sendV2, []string{"a", "bad"}, 400, "0", 0},
		"partly, 2.0":             {PoisonPartly("__name__", "bad"), sendV2, []string{"a", "bad", "b"}, 400, "2", 2},
		"partly":                  {PoisonPartly("__name__", "bad"), sendV1, []string{"a", "bad", "b"}, 400, "", 2},
		"no 2.0":                  {RefuseV2, sendV2, []string{"a"}, 415, "0", 0},
		"no 2.0, 1.0":             {RefuseV2, sendV1, []string{"a"}, 204, "", 1},
		"2.0 unknown":             {IgnoreV2, sendV2, []string{"a"}, 204, "", 0},
		"2.0 unknown, 1.0":        {IgnoreV2, sendV1, []string{"a"}, 204, "", 1},
		"more samples than taken": {LimitSamples(1), sendV1, []string{"a", "b"}, 413, "", 0},
		"as many as are taken":    {LimitSamples(2), sendV2, []string{"a", "b"}, 204, "2", 2},
		"more bytes than taken":   {LimitSize(10), sendV1, []string{"a"}, 413, "", 0},
		"as many bytes as taken":  {LimitSize(100), sendV1, []string{"a"}, 204, "", 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			endpoint, ledger := startEndpoint(t)
			endpoint.Answer(test.policy)
			got := test.send(t, endpoint, test.names...)
			require.NoError(t, got.err)
			assert.Equal(t, test.status, got.status)
			assert.Equal(t, test.written, got.header.Get("X-Prometheus-Remote-Write-Samples-Written"))
			assert.Equal(t, test.accepted, ledger.Totals().Accepted)
		})
	}
}

func TestPoisonNamesTheSeries(t *testing.T) {
	endpoint, _ := startEndpoint(t)
	endpoint.Answer(Poison("__name__", "bad"))
	got := sendV1(t, endpoint, "a", "bad")
	assert.Equal(t, http.StatusBadRequest, got.status)
	assert.Equal(t, "out of order sample for series {__name__=\"bad\"}\n", got.body)
}
