package tlsreload

import (
	"context"
	"maps"
	"net/http"
	"sync/atomic"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configauth"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/extension/extensionauth"
)

// generation is a client made of one reading of the files.
type generation struct {
	*http.Client
	connections *connections
}

// latest is a round tripper that can be replaced while requests are sent.
type latest struct{ use atomic.Pointer[generation] }

// RoundTrip implements http.RoundTripper.
func (l *latest) RoundTrip(request *http.Request) (*http.Response, error) {
	return l.use.Load().Transport.RoundTrip(request)
}

// CloseIdleConnections closes the connections that wait for a next request.
func (l *latest) CloseIdleConnections() { l.use.Load().connections.closeIdle() }

// connections stands in for the authenticator of a client, because confighttp hands the transport that owns the
// connections to nobody else, and what it wraps around cannot close idle connections.
type connections struct {
	component.StartFunc
	component.ShutdownFunc
	auth extensionauth.HTTPClient // nil without an authenticator
	base http.RoundTripper
}

var noAuth = component.MustNewID("tlsreload_no_auth")

// RoundTripper implements extensionauth.HTTPClient.
func (c *connections) RoundTripper(base http.RoundTripper) (http.RoundTripper, error) {
	c.base = base
	if c.auth == nil {
		return base, nil
	}
	return c.auth.RoundTripper(base)
}

func (c *connections) closeIdle() {
	if closer, ok := c.base.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}

// newGeneration reads the files and makes a client. An authenticator that does not exist is left to confighttp to name.
func newGeneration(ctx context.Context, config confighttp.ClientConfig, extensions map[component.ID]component.Component, telemetry component.TelemetrySettings) (*generation, error) {
	held := &connections{}
	id := noAuth
	if auth := config.Auth.Get(); auth != nil {
		id = auth.AuthenticatorID
		held.auth, _ = extensions[id].(extensionauth.HTTPClient)
	}
	if id == noAuth || held.auth != nil {
		extensions = maps.Clone(extensions)
		if extensions == nil {
			extensions = map[component.ID]component.Component{}
		}
		extensions[id] = held
		config.Auth = configoptional.Some(configauth.Config{AuthenticatorID: id})
	}
	client, err := config.ToClient(ctx, extensions, telemetry)
	if err != nil {
		return nil, err
	}
	return &generation{client, held}, nil
}
