package managedprometheusexporter

import (
	"context"
	"fmt"
	"maps"
	"net/http"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configmiddleware"
)

// directID is the middleware that withoutEnvironment adds. No extension has the type of an exporter.
var directID = component.MustNewIDWithName(componentType.String(), "direct")

// direct makes a transport send requests to their host itself, and not to the proxy that HTTP_PROXY, HTTPS_PROXY and NO_PROXY name.
type direct struct {
	component.StartFunc
	component.ShutdownFunc
}

// GetHTTPRoundTripper implements extensionmiddleware.HTTPClient.
func (direct) GetHTTPRoundTripper(context.Context) (func(context.Context, http.RoundTripper) (http.RoundTripper, error), error) {
	return func(_ context.Context, base http.RoundTripper) (http.RoundTripper, error) {
		transport, ok := base.(*http.Transport)
		if !ok {
			return nil, fmt.Errorf("proxy_from_environment cannot be switched off for a %T", base)
		}
		transport.Proxy = nil
		return transport, nil
	}, nil
}

// withoutEnvironment returns a client configuration, and the extensions to make the client with, that ignore the proxy of the
// environment. confighttp has no key for it, but hands its transport to the last of its middlewares, below the authenticator.
func withoutEnvironment(config confighttp.ClientConfig, extensions map[component.ID]component.Component) (confighttp.ClientConfig, map[component.ID]component.Component) {
	if config.ProxyURL != "" {
		return config, extensions // confighttp then looks at nothing else
	}
	config.Middlewares = append(config.Middlewares[:len(config.Middlewares):len(config.Middlewares)], configmiddleware.Config{ID: directID})
	all := map[component.ID]component.Component{directID: direct{}}
	maps.Copy(all, extensions)
	return config, all
}
