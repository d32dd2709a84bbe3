package sts

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// exchange says in errors which source asked for what and where. No part of it is secret.
type exchange struct {
	source   string // the key in the configuration: ecs_ram_role, rrsa, uri
	action   string
	endpoint string
}

// refusal is how a service explains that it turned a request down. The three fields are common to
// STS and the metadata service; either may leave them out.
type refusal struct {
	Code      string
	Message   string
	RequestID string `json:"RequestId"`
}

// failure is the one error type of Load.
type failure struct {
	exchange
	status int // zero without an HTTP answer
	why    refusal
	cause  error
	hint   string
}

func (x exchange) fail(cause error, hint string) error {
	return &failure{exchange: x, cause: cause, hint: hint}
}

// refused reports an answer that is not a pair. secrets are blotted out of what the service says.
func (x exchange) refused(status int, why refusal, hint string, secrets ...string) error {
	return &failure{exchange: x, status: status, hint: hint, why: refusal{
		Code:      presentable(why.Code, secrets),
		Message:   presentable(why.Message, secrets),
		RequestID: presentable(why.RequestID, secrets),
	}}
}

func (f *failure) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s at %s", f.source, f.action, f.endpoint)
	if f.status != 0 {
		fmt.Fprintf(&b, ": HTTP status %s", strings.TrimSpace(fmt.Sprint(f.status, " ", http.StatusText(f.status))))
	}
	if f.why.Code != "" {
		fmt.Fprintf(&b, ": %s", f.why.Code)
	}
	if f.why.Message != "" {
		fmt.Fprintf(&b, ": %s", f.why.Message)
	}
	if f.why.RequestID != "" {
		fmt.Fprintf(&b, " (request id %s)", f.why.RequestID)
	}
	if f.cause != nil {
		fmt.Fprintf(&b, ": %v", f.cause)
	}
	if f.hint != "" {
		fmt.Fprintf(&b, "; %s", f.hint)
	}
	return b.String()
}

// Refusal is what is the same in all errors of Load that come from one refusal of a service, whose texts
// carry the id of the request. It is empty when err is no refusal.
func Refusal(err error) string {
	var f *failure
	if !errors.As(err, &f) || f.status == 0 {
		return ""
	}
	return fmt.Sprint(f.source, " ", f.action, " ", f.status, " ", f.why.Code)
}

func (f *failure) Unwrap() error { return f.cause }
