package supervisor

import (
	"context"
	"errors"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/otelcol"
)

// newChecker returns a checker for the components of set. It finds what the Collector itself finds in a configuration before it
// starts one, and then what components only find when they start: see findings.
func newChecker(set otelcol.CollectorSettings) checker {
	return func(ctx context.Context, conf, inUse *confmap.Conf) error {
		set.ConfigProviderSettings.ResolverSettings = fixed(conf)
		dry, err := otelcol.NewCollector(set)
		if err != nil {
			return err
		}
		if err := dry.DryRun(ctx); err != nil {
			return err
		}
		factories, err := set.Factories()
		if err != nil {
			return err
		}
		config, err := decode(ctx, conf, factories)
		if err != nil {
			return err
		}
		var before []address
		if inUse != nil {
			running, err := decode(ctx, inUse, factories)
			if err != nil {
				return err
			}
			before = addresses(running)
		}
		return findings(ctx, config, factories, set.BuildInfo, before)
	}
}

func decode(ctx context.Context, conf *confmap.Conf, factories otelcol.Factories) (*otelcol.Config, error) {
	provider, err := otelcol.NewConfigProvider(otelcol.ConfigProviderSettings{ResolverSettings: fixed(conf)})
	if err != nil {
		return nil, err
	}
	return provider.Get(ctx, factories)
}

// findings returns what would keep config from starting while another one listens on the addresses before.
func findings(ctx context.Context, config *otelcol.Config, factories otelcol.Factories, info component.BuildInfo, before []address) error {
	extensions, err := createExtensions(ctx, config, factories, info)
	errs := []error{err}
	eachComponent(config, func(path string, configured component.Config) {
		walk(path, configured, func(path string, value any) {
			errs = append(errs, certificates(ctx, path, value), references(ctx, path, value, extensions, config))
		})
		if c, ok := configured.(StartChecker); ok {
			errs = append(errs, in(path, c.CheckStart()))
		}
	})
	errs = append(errs, listenable(ctx, addresses(config), before))
	return errors.Join(errs...)
}

// StartChecker is implemented by configurations of components that need more to start than Validate can see, such as folders that
// can be written to.
type StartChecker interface {
	// CheckStart returns what would keep the component from starting, in the words of Validate. It changes nothing.
	CheckStart() error
}
