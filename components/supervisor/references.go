package supervisor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configauth"
	"go.opentelemetry.io/collector/config/configgrpc"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configmiddleware"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/extension/extensionauth"
	"go.opentelemetry.io/collector/otelcol"
	"go.opentelemetry.io/collector/pdata/pcommon"
	noopmetric "go.opentelemetry.io/otel/metric/noop"
	nooptrace "go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/zap"
)

type extensions map[component.ID]component.Component

// createExtensions creates the extensions that the service lists, and starts none.
func createExtensions(ctx context.Context, config *otelcol.Config, factories otelcol.Factories, info component.BuildInfo) (extensions, error) {
	created := extensions{}
	var errs []error
	for _, id := range config.Service.Extensions {
		factory := factories.Extensions[id.Type()]
		if factory == nil || config.Extensions[id] == nil {
			continue // the Collector's own validation reports it
		}
		e, err := factory.Create(ctx, extension.Settings{ID: id, BuildInfo: info, TelemetrySettings: component.TelemetrySettings{
			Logger: zap.NewNop(), TracerProvider: nooptrace.NewTracerProvider(), MeterProvider: noopmetric.NewMeterProvider(), Resource: pcommon.NewResource(),
		}}, config.Extensions[id])
		if err != nil {
			errs = append(errs, in("extensions::"+id.String(), err))
			continue
		}
		created[id] = e
	}
	return created, errors.Join(errs...)
}

// references checks that the extensions which a component refers to are there, and can do what they are asked for.
func references(ctx context.Context, path string, value any, has extensions, config *otelcol.Config) error {
	switch c := value.(type) {
	case *component.ID:
		if !strings.HasSuffix(path, "::storage") || *c == (component.ID{}) {
			return nil
		}
		return exists(path, *c, has, config)
	case *configmiddleware.Config:
		return exists(join(path, "id"), c.ID, has, config)
	case *configauth.Config:
		if e := has[c.AuthenticatorID]; e != nil && !authenticates(e) {
			return fmt.Errorf("%s: the extension %q is no authenticator: name one, such as accesskey_auth", join(path, "authenticator"), c.AuthenticatorID)
		}
		return exists(join(path, "authenticator"), c.AuthenticatorID, has, config)
	case *confighttp.ClientConfig:
		return usable(path, c.Auth, has, func(a configauth.Config) error { _, err := a.GetHTTPClientAuthenticator(ctx, has); return err })
	case *configgrpc.ClientConfig:
		return usable(path, c.Auth, has, func(a configauth.Config) error { _, err := a.GetGRPCClientAuthenticator(ctx, has); return err })
	case *confighttp.ServerConfig:
		if !c.Auth.HasValue() {
			return nil
		}
		return usable(path, configoptional.Some(c.Auth.Get().Config), has, func(a configauth.Config) error { _, err := a.GetServerAuthenticator(ctx, has); return err })
	case *configgrpc.ServerConfig:
		return usable(path, c.Auth, has, func(a configauth.Config) error { _, err := a.GetServerAuthenticator(ctx, has); return err })
	}
	return nil
}

// exists returns an error when no extension with the id is enabled.
func exists(path string, id component.ID, has extensions, config *otelcol.Config) error {
	switch {
	case has[id] != nil:
		return nil
	case slices.Contains(config.Service.Extensions, id):
		return nil // it is listed, and what is wrong with it is reported of itself
	case config.Extensions[id] != nil:
		return fmt.Errorf("%s: the extension %q is defined but not listed under service::extensions: add it there", path, id)
	}
	return fmt.Errorf("%s: there is no extension %q: define it under extensions, and list it under service::extensions", path, id)
}

func authenticates(e component.Component) bool {
	switch e.(type) {
	case extensionauth.Server, extensionauth.HTTPClient, extensionauth.GRPCClient:
		return true
	}
	return false
}

// usable checks that an authenticator that exists can serve a client or a server.
func usable(path string, auth configoptional.Optional[configauth.Config], has extensions, get func(configauth.Config) error) error {
	if !auth.HasValue() || has[auth.Get().AuthenticatorID] == nil || !authenticates(has[auth.Get().AuthenticatorID]) {
		return nil // reported as a reference
	}
	return in(join(join(path, "auth"), "authenticator"), get(*auth.Get()))
}
