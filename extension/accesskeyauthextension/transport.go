package accesskeyauthextension

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// What is read of a refused answer before the connection is given up instead of used again.
const maxDrain = 64 << 10

var errRedirect = errors.New("the endpoint answers with a redirect, which is not followed: the credentials stay with the configured host, and a followed redirect can lose the request's body; set endpoint to the final URL")

var errURLCredentials = errors.New("the endpoint URL holds a user or password: remove them, accesskey_auth sends the credentials")

// transport sends each request with one pair, and once more with another known pair when the answer
// turns the first one down. It is the exception to "an authenticator never sends twice", and needs req.GetBody.
type transport struct {
	auth *accessKeyAuth
	base http.RoundTripper
}

// RoundTrip implements http.RoundTripper. It does not change req.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Response != nil { // set by http.Client on redirects only
		closeBody(req)
		err := fmt.Errorf("%w (redirected to %s://%s)", errRedirect, req.URL.Scheme, req.URL.Host)
		return nil, t.auth.unusable(req.Response.Request.URL, err)
	}
	if req.URL.User != nil {
		closeBody(req)
		return nil, t.auth.unusable(req.URL, errURLCredentials)
	}
	current, err := t.auth.credential(req.Context())
	if err != nil {
		closeBody(req)
		return nil, err
	}
	dest := t.auth.destinations.of(req.URL)
	cred := current
	if dest.steady.Load() != current {
		if dest.use() {
			t.auth.notePlaintext(req.URL)
		}
		cred = dest.choose(current, t.auth.cfg.FallbackFor, time.Now())
	}
	resp, err := t.send(req, cred)
	if err != nil {
		return nil, err
	}
	if said := examine(dest, resp, cred); said != nil {
		return t.sendOther(req, resp, dest, cred, said)
	}
	t.settle(dest, cred, resp)
	return resp, nil
}

// sendOther handles a refusal: it reads the source again at once, and replays the request with another
// known pair. Without one, or without a way to replay, the answer goes back.
func (t *transport) sendOther(req *http.Request, resp *http.Response, dest *destination, tried *credential, said *refusal) (*http.Response, error) {
	t.auth.countRefused()
	t.auth.reload(req.Context())
	current := t.auth.current.Load()
	dest.refuse(tried, current, said)

	other := dest.alternative(tried, current, t.auth.cfg.FallbackFor, said.at)
	if other == nil {
		t.auth.refused(req.Context(), dest)
		return resp, nil
	}
	replay, ok := rewind(req)
	if !ok {
		return resp, nil // the next request goes with the other pair
	}
	_, _ = io.CopyN(io.Discard, resp.Body, maxDrain)
	_ = resp.Body.Close()

	resp, err := t.send(replay, other)
	if err != nil {
		return nil, err
	}
	if said := examine(dest, resp, other); said != nil {
		t.auth.countRefused()
		dest.refuse(other, current, said)
		t.auth.refused(req.Context(), dest)
		return resp, nil
	}
	t.settle(dest, other, resp)
	return resp, nil
}

// settle books an acceptance. Only 2xx proves a pair: anything else may come from before the check.
// Other answers are for the exporter to judge, and to log.
func (t *transport) settle(dest *destination, cred *credential, resp *http.Response) {
	if resp.StatusCode/100 == 2 && dest.steady.Load() != cred {
		t.auth.accepted(dest, cred)
	}
}

func (t *transport) send(req *http.Request, cred *credential) (*http.Response, error) {
	clone := req.Clone(req.Context())
	if clone.Header == nil {
		clone.Header = http.Header{}
	}
	clone.Header["Authorization"] = cred.header
	return t.base.RoundTrip(clone)
}

// rewind returns req with a fresh body, as far as it can be had.
func rewind(req *http.Request) (*http.Request, bool) {
	if req.Body == nil || req.Body == http.NoBody {
		return req, true
	}
	if req.GetBody == nil {
		return nil, false
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, false
	}
	again := *req
	again.Body = body
	return &again, true
}

// closeBody keeps the contract of http.RoundTripper, which closes the body even on errors.
func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
}
