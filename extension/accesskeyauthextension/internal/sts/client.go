package sts

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

const (
	maxBody     = 64 << 10 // an answer holds one pair: far below
	maxHeader   = 32 << 10
	dialTimeout = 5 * time.Second
)

var errOversized = fmt.Errorf("the answer is larger than %d KiB", maxBody>>10)

type proxyFunc func(*http.Request) (*url.URL, error)

// newTransport makes the connections of one source, for its whole life. They are closed after each
// request: a pair is fetched about once an hour, and an idle connection would cost two goroutines.
func newTransport(proxy proxyFunc) *http.Transport {
	return &http.Transport{
		Proxy:                  proxy,
		DialContext:            (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSHandshakeTimeout:    dialTimeout,
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeader,
	}
}

// reply is an HTTP answer read to its end.
type reply struct {
	status int
	body   []byte
	served time.Time // the Date header; zero without one
}

// fetch makes one request. It uses the transport bare: http.Client would interpret redirects, and its
// errors quote the URL and the Location header. The error is safe to show.
func fetch(rt http.RoundTripper, req *http.Request) (reply, error) {
	resp, err := rt.RoundTrip(req)
	if err != nil {
		return reply{}, safeCause(req.Context(), err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return reply{}, safeCause(req.Context(), err)
	}
	if len(body) > maxBody {
		return reply{}, errOversized
	}
	served, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		served = time.Time{}
	}
	return reply{status: resp.StatusCode, body: body, served: served}, nil
}

// safeCause keeps the part of an error that cannot quote the answer or a proxy's password. net/http
// quotes the bytes of an answer that is not HTTP, and those may be a secret.
func safeCause(ctx context.Context, err error) error {
	if ctxErr := ctx.Err(); ctxErr != nil {
		return ctxErr
	}
	if opErr := new(net.OpError); errors.As(err, &opErr) {
		return opErr
	}
	if found := tlsCause(err); found != nil {
		return found
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return io.ErrUnexpectedEOF
	}
	return fmt.Errorf("no usable HTTP answer (%T)", err)
}

// tlsCause finds the error of a TLS handshake, nil when it is none.
func tlsCause(err error) error {
	if found := new(tls.CertificateVerificationError); errors.As(err, &found) {
		return found
	}
	if found := (tls.RecordHeaderError{}); errors.As(err, &found) {
		return found
	}
	if found := tls.AlertError(0); errors.As(err, &found) {
		return found
	}
	return nil
}
