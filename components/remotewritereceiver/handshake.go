package remotewritereceiver

import (
	"net"
	"strings"
	"sync/atomic"

	"github.com/msp-collector/msp-collector/internal/refusedsenders"
)

const (
	// handshakePrefix begins what net/http logs of a TLS handshake that failed. The address of the
	// client and the error follow.
	handshakePrefix = "http: TLS handshake error from "
	// maxHandshakeError bounds what is kept of an error, which a client's certificate can lengthen.
	maxHandshakeError = 200
)

// handshakeReason is why a TLS handshake failed. The order is that of handshakeReasons.
type handshakeReason int

const (
	handshakeHungUp handshakeReason = iota
	handshakeNoCertificate
	handshakeUntrusted
	handshakePlainHTTP
	handshakeOther
	handshakeKinds
)

// handshakeReasons are found by a part of the error; the first that fits counts.
var handshakeReasons = [handshakeKinds]struct {
	name          string
	parts         []string
	cause, remedy string
}{
	// Load balancers hang up like this when they look whether the port is open: nobody is refused.
	handshakeHungUp: {name: "hung_up", parts: []string{": EOF", ": connection reset by peer"}},
	handshakeNoCertificate: {
		name: "no_certificate", parts: []string{"client didn't provide a certificate"},
		cause:  "the sender has no client certificate, which http::tls::client_ca_file requires",
		remedy: "set cert_file and key_file in tls_config of the sender, with a certificate that client_ca_file has signed",
	},
	handshakeUntrusted: {
		name: "untrusted_certificate", parts: []string{"failed to verify certificate"},
		cause:  "the client certificate of the sender is not valid for http::tls::client_ca_file",
		remedy: "give the sender a certificate that client_ca_file has signed and that has not expired",
	},
	handshakePlainHTTP: {
		name: "plain_http", parts: []string{"client sent an HTTP request to an HTTPS server"},
		cause:  "the sender speaks plain HTTP to an HTTPS port",
		remedy: "write https:// in the url of the sender",
	},
	handshakeOther: {
		name: "handshake", parts: []string{""},
		cause:  "the TLS handshake with the sender fails",
		remedy: "check that tls_config of the sender fits http::tls, its ca_file above all",
	},
}

// handshakes counts TLS handshakes that failed, by reason, and reports the senders they were of.
type handshakes struct {
	failed  [handshakeKinds]atomic.Int64
	senders *refusedsenders.Table // nil reports nothing
}

// fail takes the line of net/http without its prefix: "10.0.0.1:1234: EOF".
func (h *handshakes) fail(line string) {
	reason := handshakeReasonOf(line)
	h.failed[reason].Add(1)
	if reason == handshakeHungUp || h.senders == nil {
		return
	}
	address, text, _ := strings.Cut(line, ": ")
	if host, _, err := net.SplitHostPort(address); err == nil {
		address = host
	}
	kind := handshakeReasons[reason]
	cause := kind.cause
	if reason == handshakeOther || reason == handshakeUntrusted {
		cause += ": " + strings.ToValidUTF8(text[:min(len(text), maxHandshakeError)], "")
	}
	h.senders.Refuse("", address, refusedsenders.Reason{Name: kind.name, Cause: cause, Remedy: kind.remedy})
}

func handshakeReasonOf(line string) handshakeReason {
	for reason, kind := range handshakeReasons {
		for _, part := range kind.parts {
			if reason == int(handshakeHungUp) && strings.HasSuffix(line, part) ||
				reason != int(handshakeHungUp) && strings.Contains(line, part) {
				return handshakeReason(reason)
			}
		}
	}
	return handshakeOther
}
