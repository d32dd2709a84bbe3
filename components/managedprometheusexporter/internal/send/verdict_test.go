package send

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWhatAnAnswerMeans(t *testing.T) {
	quotaBody := `{"status":"error","slsStatus":{"retryPolicy":"Continuous","errorCode":"WriteQuotaExceed"}}`
	for name, test := range map[string]struct {
		answer Answer
		want   Action
		reason string
	}{
		"no answer":               {Answer{Err: errors.New("connection refused")}, Retry, ""},
		"200":                     {Answer{Status: 200}, Deliver, ""},
		"204":                     {Answer{Status: 204}, Deliver, ""},
		"301":                     {Answer{Status: 301}, Hold, ""},
		"307":                     {Answer{Status: 307}, Hold, ""},
		"400":                     {Answer{Status: 400}, Reject, ReasonRefused},
		"401":                     {Answer{Status: 401}, Hold, ""},
		"401 with a retry policy": {Answer{Status: 401, Body: quotaBody}, Hold, ""},
		"402":                     {Answer{Status: 402}, Hold, ""},
		"403":                     {Answer{Status: 403}, Hold, ""},
		"403 quota code":          {Answer{Status: 403, Body: quotaBody}, Retry, ""},
		"403 quota spaced":        {Answer{Status: 403, Body: `{"retryPolicy": "Once"}`}, Retry, ""},
		"403 quota message":       {Answer{Status: 403, Body: "Inflow Quota Exceed"}, Retry, ""},
		"403 rate message":        {Answer{Status: 403, Body: "Write QPS Exceed"}, Retry, ""},
		"403 no retry":            {Answer{Status: 403, Body: `{"retryPolicy":"None"}`}, Hold, ""},
		"404":                     {Answer{Status: 404}, Hold, ""},
		"405":                     {Answer{Status: 405}, Hold, ""},
		"406":                     {Answer{Status: 406}, Fallback, ReasonRejected},
		"408":                     {Answer{Status: 408}, Retry, ""},
		"410":                     {Answer{Status: 410}, Hold, ""},
		"418":                     {Answer{Status: 418}, Reject, ReasonRejected},
		"421":                     {Answer{Status: 421}, Hold, ""},
		"426":                     {Answer{Status: 426}, Hold, ""},
		"431":                     {Answer{Status: 431}, Hold, ""},
		"451":                     {Answer{Status: 451}, Hold, ""},
		"101":                     {Answer{Status: 101}, Hold, ""},
		"0":                       {Answer{Status: 0}, Hold, ""},
		"409":                     {Answer{Status: 409}, Reject, ReasonRejected},
		"413":                     {Answer{Status: 413}, Reject, ReasonTooLarge},
		"415":                     {Answer{Status: 415}, Fallback, ReasonRejected},
		"422":                     {Answer{Status: 422}, Reject, ReasonRejected},
		"429":                     {Answer{Status: 429}, Retry, ""},
		"500":                     {Answer{Status: 500}, Retry, ""},
		"503":                     {Answer{Status: 503}, Retry, ""},
		"599":                     {Answer{Status: 599}, Retry, ""},
	} {
		t.Run(name, func(t *testing.T) {
			verdict := Judge(test.answer, time.Now())
			require.Equal(t, test.want, verdict.Action)
			require.Equal(t, test.reason, verdict.Reason)
		})
	}
}

func TestDetailNamesWhatWasSeen(t *testing.T) {
	header := http.Header{}
	header.Set("x-sls-request-id", "6A1")
	verdict := Judge(Answer{Status: 401, Body: "AccessKeyId\n is disabled", Header: header}, time.Now())
	require.Equal(t, "401 Unauthorized: AccessKeyId is disabled (request 6A1)", verdict.Detail)

	header = http.Header{"Location": {"https://elsewhere.example/"}}
	require.Contains(t, Judge(Answer{Status: 308, Header: header}, time.Now()).Detail, "https://elsewhere.example/")
}

func TestRetryAfterInBothForms(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"":                              0,
		"7":                             7 * time.Second,
		" 7 ":                           7 * time.Second,
		"-7":                            0,
		"7.5":                           0,
		"soon":                          0,
		"999999999":                     maxRetryAfter,
		"99999999999999999999":          0,
		"Mon, 23 Nov 2026 12:00:30 GMT": 30 * time.Second,
		"Mon, 23 Nov 2026 11:00:00 GMT": 0,
	} {
		require.Equal(t, want, retryAfter(value, now), value)
	}
}

func TestWrittenCounts(t *testing.T) {
	_, ok := WrittenCounts(http.Header{})
	require.False(t, ok)
	_, ok = WrittenCounts(http.Header{writtenSamples: {"many"}})
	require.False(t, ok)
	w, ok := WrittenCounts(http.Header{writtenSamples: {"3"}, writtenExemplars: {"1"}})
	require.True(t, ok)
	require.Equal(t, Written{Samples: 3, Exemplars: 1}, w)
}
