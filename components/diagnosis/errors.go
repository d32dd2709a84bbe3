package diagnosis

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
)

// ErrNoPair is why an authenticator could not send: there is no AccessKey pair that can be used. Authenticators wrap it.
var ErrNoPair = errors.New("no AccessKey pair to send with")

// ErrNoCredentials is ErrNoPair for an authenticator that sends other credentials than an AccessKey pair.
var ErrNoCredentials = errors.New("no credentials to send with")

// is holds when one of the errors is in the chain.
func is(targets ...error) func(*Observation) bool {
	return func(o *Observation) bool {
		return slices.ContainsFunc(targets, func(target error) bool { return errors.Is(o.Err, target) })
	}
}

// as holds when an error of the type is in the chain, and it is so.
func as[T error](so func(T) bool) func(*Observation) bool {
	return func(o *Observation) bool {
		var e T
		return errors.As(o.Err, &e) && so(e)
	}
}

// reads holds when the text of the error contains one of the marks: some errors of net/http have no type.
func reads(marks ...string) func(*Observation) bool {
	return func(o *Observation) bool {
		return slices.ContainsFunc(marks, func(mark string) bool { return strings.Contains(o.causes, mark) })
	}
}

func either(conditions ...func(*Observation) bool) func(*Observation) bool {
	return func(o *Observation) bool {
		return slices.ContainsFunc(conditions, func(holds func(*Observation) bool) bool { return holds(o) })
	}
}

// timedOut holds for every way in which time can run out.
func timedOut(o *Observation) bool {
	var e net.Error
	return errors.As(o.Err, &e) && e.Timeout() || errors.Is(o.Err, context.DeadlineExceeded) || errors.Is(o.Err, os.ErrDeadlineExceeded)
}

// connecting holds while there is no connection yet.
var connecting = as(func(e *net.OpError) bool { return e.Op == "dial" })

var (
	throughProxy    = either(as(func(e *net.OpError) bool { return e.Op == "proxyconnect" }), reads("proxyconnect"))
	nameUnknown     = as(func(e *net.DNSError) bool { return e.IsNotFound })
	nameUnresolved  = as(func(*net.DNSError) bool { return true })
	refusedToTalk   = is(syscall.ECONNREFUSED)
	noRoute         = is(syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.EACCES, syscall.EPERM)
	cutOff          = is(syscall.ECONNRESET, syscall.EPIPE, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed)
	certificateName = as(func(x509.HostnameError) bool { return true })
	certificateTime = as(func(e x509.CertificateInvalidError) bool { return e.Reason == x509.Expired })
	certificateRoot = as(func(x509.UnknownAuthorityError) bool { return true })
	certificate     = as(func(*tls.CertificateVerificationError) bool { return true })
	notTLS          = either(as(func(tls.RecordHeaderError) bool { return true }), reads("server gave http response to https client"))
	tlsFailed       = reads("tls: ")
	notHTTP         = reads("malformed http")
)
