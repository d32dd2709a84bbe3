package accesskeyauthextension

import (
	"net/http"
	"time"

	"github.com/msp-collector/msp-collector/components/diagnosis"
	"github.com/msp-collector/msp-collector/components/status"
)

// refusal is why a destination turned a pair down.
type refusal struct {
	at      time.Time
	status  int
	answer  string // its beginning, without what is secret
	finding diagnosis.Finding
}

// examine takes what is secret out of an answer that exporters may log, and returns why it turns the
// pair down, or nil. A 403 does as well as a 401, unless it speaks of a quota, which passes by itself.
func examine(dest *destination, resp *http.Response, cred *credential) *refusal {
	if resp.StatusCode < http.StatusBadRequest {
		return nil
	}
	answer := redact(resp, cred)
	switch {
	case resp.StatusCode == http.StatusUnauthorized:
	case resp.StatusCode == http.StatusForbidden && !diagnosis.Passes(answer):
	default:
		return nil
	}
	return &refusal{
		at:      time.Now(),
		status:  resp.StatusCode,
		answer:  answer,
		finding: diagnosis.Of(diagnosis.Observation{URL: dest.url, Status: resp.StatusCode, Body: answer, Query: dest.query, Credential: cred.pair.Kind}),
	}
}

// shown is what people are shown of it.
func (r *refusal) shown() *status.Refusal {
	if r == nil {
		return nil
	}
	return &status.Refusal{At: r.at, Reason: r.finding.Reason, Cause: r.finding.Cause, Remedy: r.finding.Remedy}
}
