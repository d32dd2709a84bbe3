package send

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/msp-collector/msp-collector/components/diagnosis"
)

// Action is what becomes of the samples of a request.
type Action int

// The actions.
const (
	Deliver  Action = iota // the endpoint has them
	Retry                  // send the same request again, later
	Reject                 // the endpoint takes none of this request, which says nothing of each sample: split it
	Hold                   // the endpoint rejects requests whatever is in them, until somebody changes something
	Fallback               // the endpoint does not speak this protocol: send in remote write 1.0
)

// The reasons samples are dropped for at this stage.
const (
	ReasonRefused    = "refused"     // 400, for this very sample
	ReasonTooLarge   = "too_large"   // 413, for this very sample
	ReasonRejected   = "rejected"    // another 4xx, for this very sample
	ReasonNotWritten = "not_written" // remote write 2.0: the endpoint says it left them out
)

// Verdict is what an answer means.
type Verdict struct {
	Action     Action
	Reason     string // with Reject, when nothing is left to split
	PerSample  bool   // with Reject: the answer names the time of a sample, so that the endpoint does look at samples
	Detail     string // what was seen, in words for people
	Finding    diagnosis.Finding
	RetryAfter time.Duration // with Retry; 0 when the endpoint did not say
}

// Decides reports whether the endpoint has decided on the samples of the request.
func (v Verdict) Decides() bool { return v.Action == Deliver || v.Action == Reject }

// Judge says what an answer means. Sources: the remote write specifications for 2xx, 400, 415, 429 and 5xx; for 401 and 403
// the error codes of Simple Log Service, which answers 401 for a bad, disabled, unknown or unauthorised key and an overdue
// bill, and 403 for a used-up quota.
func Judge(a Answer, now time.Time) Verdict {
	v := judge(a, now)
	if v.Action != Deliver {
		v.Finding = diagnosis.Of(observation(a, now))
	}
	v.PerSample = v.Action == Reject && (v.Finding.Reason == "out_of_order" || v.Finding.Reason == "out_of_bounds")
	return v
}

// FindingOfAll is what it means that every request gets this answer.
func FindingOfAll(a Answer, now time.Time) diagnosis.Finding {
	seen := observation(a, now)
	seen.Everything = true
	return diagnosis.Of(seen)
}

func observation(a Answer, now time.Time) diagnosis.Observation {
	return diagnosis.Observation{
		URL: a.URL, Status: a.Status, Header: a.Header, Body: a.Body, Err: a.Err, NoPair: !a.Paired, Credential: a.Credential, At: now,
	}
}

func judge(a Answer, now time.Time) Verdict {
	if a.Err != nil {
		return Verdict{Action: Retry, Detail: a.Err.Error()}
	}
	detail := describe(a)
	switch status := a.Status; {
	case status/100 == 2:
		return Verdict{Action: Deliver}
	case status/100 == 3:
		return Verdict{Action: Hold, Detail: detail + ": the endpoint sends elsewhere, to " + location(a)}
	case status == http.StatusBadRequest:
		return Verdict{Action: Reject, Reason: ReasonRefused, Detail: detail}
	case status == http.StatusRequestEntityTooLarge:
		return Verdict{Action: Reject, Reason: ReasonTooLarge, Detail: detail}
	case status == http.StatusUnsupportedMediaType, status == http.StatusNotAcceptable:
		return Verdict{Action: Fallback, Reason: ReasonRejected, Detail: detail}
	case temporary(a):
		return Verdict{Action: Retry, Detail: detail, RetryAfter: retryAfter(a.Header.Get("Retry-After"), now)}
	case speaksOfDestination(status):
		return Verdict{Action: Hold, Detail: detail}
	default:
		return Verdict{Action: Reject, Reason: ReasonRejected, Detail: detail}
	}
}

// temporary tells whether the same request may be taken later without anybody's help.
func temporary(a Answer) bool {
	switch a.Status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	case http.StatusForbidden:
		return diagnosis.Passes(a.Body)
	}
	return a.Status >= 500
}

// speaksOfDestination reports whether a status is about who sends, how and where to, not about the samples. A status that
// is no final answer, like 101, comes from something that is no remote write endpoint.
func speaksOfDestination(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed,
		http.StatusProxyAuthRequired, http.StatusGone, http.StatusLengthRequired, http.StatusRequestURITooLong,
		http.StatusExpectationFailed, http.StatusMisdirectedRequest, http.StatusUpgradeRequired, http.StatusPreconditionRequired,
		http.StatusRequestHeaderFieldsTooLarge, http.StatusUnavailableForLegalReasons:
		return true
	}
	return status < 200
}

// describe returns the status and the beginning of the body on one line, with the service's id of the request. A body that only
// repeats the status, as many servers write it, is left out.
func describe(a Answer) string {
	name := http.StatusText(a.Status)
	text := strings.TrimSpace(strconv.Itoa(a.Status) + " " + name)
	body := strings.Join(strings.Fields(a.Body), " ")
	if said := strings.TrimRight(body, "."); body != "" && !strings.EqualFold(said, name) && !strings.EqualFold(said, text) {
		text += ": " + body
	}
	if id := a.Header.Get("X-Sls-Requestid"); id != "" {
		text += " (request " + id + ")"
	} else if id := a.Header.Get("X-Sls-Request-Id"); id != "" {
		text += " (request " + id + ")"
	}
	return text
}

func location(a Answer) string {
	if where := a.Header.Get("Location"); where != "" {
		return where
	}
	return "an unnamed place"
}
