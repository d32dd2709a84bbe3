// Package listenhint names the environment variable that moves an address which cannot be listened on.
package listenhint

import (
	"cmp"
	"net"
	"os"
	"strings"
)

// movable are the variables of the shipped configurations, and of the provider `prometheus:`, that move
// what the collector listens on, with their defaults. A value is an address or a port.
var movable = []struct{ variable, value string }{
	{"MSP_STATUS_ENDPOINT", "127.0.0.1:8686"},
	{"MSP_HEALTH_ENDPOINT", "127.0.0.1:13133"},
	{"MSP_TELEMETRY_PORT", "8888"},
	{"MSP_LISTEN_REMOTE_WRITE", "0.0.0.0:9201"},
	{"MSP_OTLP_GRPC_ENDPOINT", "0.0.0.0:4317"},
	{"MSP_OTLP_HTTP_ENDPOINT", "0.0.0.0:4318"},
}

// For returns what to do about an address that is taken, in words that follow a colon. It names the
// variable whose value has the port of endpoint, and none when the address is another one.
func For(endpoint string) string {
	const otherwise = "stop what listens there, or choose another address"
	_, port, err := net.SplitHostPort(endpoint)
	if err != nil {
		return otherwise
	}
	for _, m := range movable {
		value := cmp.Or(os.Getenv(m.variable), m.value)
		if value[strings.LastIndexByte(value, ':')+1:] == port {
			return otherwise + ", which " + m.variable + " sets in the shipped configurations and for a prometheus.yml"
		}
	}
	return otherwise
}
