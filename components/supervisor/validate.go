package supervisor

import (
	"context"
	"errors"

	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/otelcol"
)

// Validate returns what would keep the configuration of set from starting, and starts nothing.
func Validate(ctx context.Context, set otelcol.CollectorSettings) error {
	resolver, err := confmap.NewResolver(set.ConfigProviderSettings.ResolverSettings)
	if err != nil {
		return err
	}
	conf, err := resolver.Resolve(ctx)
	if err == nil {
		err = newChecker(set)(ctx, conf, nil)
	}
	return errors.Join(err, resolver.Shutdown(ctx))
}
