package supervisor

import (
	"context"

	"go.opentelemetry.io/collector/confmap"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/internal/configreload"
)

// offerScheme is the scheme of the one location that the Collector is given.
const offerScheme = "supervisor"

// offerProvider is the only configuration provider that the Collector sees. The configuration itself is put in place by
// offerConverter, since a provider can only hand over plain maps, which lose how a ${env:...} value was written.
type offerProvider struct{ source *source }

func (s *source) provider() confmap.ProviderFactory {
	return confmap.NewProviderFactory(func(set confmap.ProviderSettings) confmap.Provider {
		s.logs.to.Store(set.Logger)
		return offerProvider{s}
	})
}

// Scheme returns the scheme of the location.
func (offerProvider) Scheme() string { return offerScheme }

// Retrieve returns an empty configuration, and keeps watcher to report that another configuration is offered.
func (p offerProvider) Retrieve(_ context.Context, _ string, watcher confmap.WatcherFunc) (*confmap.Retrieved, error) {
	p.source.watch(watcher)
	return confmap.NewRetrieved(map[string]any{})
}

// Shutdown reports the end of the process. The Collector calls it before it stops the components, and only then.
func (p offerProvider) Shutdown(ctx context.Context) error {
	configreload.Collector.End()
	return p.source.close(ctx)
}

// offerConverter replaces the empty configuration by the one that the source offers.
type offerConverter struct{ source *source }

func (s *source) converter() confmap.ConverterFactory {
	return confmap.NewConverterFactory(func(confmap.ConverterSettings) confmap.Converter { return offerConverter{s} })
}

// Convert puts the offered configuration into conf.
func (c offerConverter) Convert(ctx context.Context, conf *confmap.Conf) error {
	offered, err := c.source.hand(ctx)
	if err != nil {
		return err
	}
	*conf = *offered
	return nil
}

// fixed is a converter factory that puts one configuration in place, to decode or check it.
func fixed(conf *confmap.Conf) confmap.ResolverSettings {
	return confmap.ResolverSettings{
		URIs:               []string{offerScheme + ":"},
		ProviderFactories:  []confmap.ProviderFactory{confmap.NewProviderFactory(func(confmap.ProviderSettings) confmap.Provider { return emptyProvider{} })},
		ConverterFactories: []confmap.ConverterFactory{confmap.NewConverterFactory(func(confmap.ConverterSettings) confmap.Converter { return fixedConverter{conf} })},
		ProviderSettings:   confmap.ProviderSettings{Logger: zap.NewNop()},
	}
}

type emptyProvider struct{}

func (emptyProvider) Scheme() string                 { return offerScheme }
func (emptyProvider) Shutdown(context.Context) error { return nil }
func (emptyProvider) Retrieve(context.Context, string, confmap.WatcherFunc) (*confmap.Retrieved, error) {
	return confmap.NewRetrieved(map[string]any{})
}

type fixedConverter struct{ conf *confmap.Conf }

func (c fixedConverter) Convert(_ context.Context, conf *confmap.Conf) error {
	*conf = *c.conf
	return nil
}
