package remotewritereceiver

import (
	"context"
	"maps"
	"net/http"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/extension/extensionauth"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Confighttp answers 401 to whatever an authenticator says, and a Prometheus throws away what is answered with 401. An
// authenticator that cannot judge now, since it has no pairs yet or too much to do, says so with gRPC's code Unavailable: that
// is answered 503, and the sender comes again with its samples.

// judgement is what the authenticator said of one request.
type judgement struct{ err error }

type judgementKey struct{}

// judged gives every request a place for its judgement.
func judged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), judgementKey{}, &judgement{})))
	})
}

// undecided is why the authenticator could not judge a request; nil when it could.
func undecided(r *http.Request) error {
	if j, ok := r.Context().Value(judgementKey{}).(*judgement); ok && status.Code(j.err) == codes.Unavailable {
		return j.err
	}
	return nil
}

// witnessed are the extensions, with the authenticator in the middle of a witness.
func witnessed(extensions map[component.ID]component.Component, config *confighttp.ServerConfig) map[component.ID]component.Component {
	auth := config.Auth.Get()
	if auth == nil {
		return extensions
	}
	server, ok := extensions[auth.Config.AuthenticatorID].(extensionauth.Server)
	if !ok {
		return extensions // confighttp says what is wrong
	}
	extensions = maps.Clone(extensions)
	extensions[auth.Config.AuthenticatorID] = witness{Server: server}
	return extensions
}

// witness writes down what an authenticator says.
type witness struct {
	extensionauth.Server
	component.StartFunc
	component.ShutdownFunc
}

// Authenticate implements extensionauth.Server.
func (w witness) Authenticate(ctx context.Context, sources map[string][]string) (context.Context, error) {
	authenticated, err := w.Server.Authenticate(ctx, sources)
	if j, ok := ctx.Value(judgementKey{}).(*judgement); ok {
		j.err = err
	}
	return authenticated, err
}
