package supervisor

import (
	"context"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/featuregate"
	"go.opentelemetry.io/collector/otelcol"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/internal/configreload"
)

const (
	// partialReload makes the Collector read the configuration before it stops anything, and leave running what a change does not
	// concern. Without it a reload stops all components first.
	partialReload = "service.partialReload"

	// maxFallbacks is how many consecutive times the last configuration that ran is started again, the first time at once and then
	// with pauses that double: for half a minute in all. After that the process exits, and the service manager restarts it.
	maxFallbacks = 6
	firstPause   = 250 * time.Millisecond
)

var hangups = make(chan os.Signal, 1)

// SIGHUP asks for a reload and never ends the process, not even while packages are still being initialised.
func init() { signal.Notify(hangups, syscall.SIGHUP) }

// Run runs a Collector until it is stopped. It returns an error when the first configuration does not start, when one that ran
// before cannot be started again, or when stopping fails.
func Run(ctx context.Context, set otelcol.CollectorSettings) error {
	if err := featuregate.GlobalRegistry().Set(partialReload, true); err != nil {
		return err
	}
	s, err := newSource(set.ConfigProviderSettings.ResolverSettings, newChecker(set))
	if err != nil {
		return err
	}
	configreload.Collector.Begin()
	offered := set
	offered.LoggingOptions = append(slices.Clone(set.LoggingOptions), zap.WrapCore(withoutNoise))
	offered.ConfigProviderSettings.ResolverSettings = confmap.ResolverSettings{
		URIs:               []string{offerScheme + ":"},
		ProviderFactories:  []confmap.ProviderFactory{s.provider()},
		ConverterFactories: []confmap.ConverterFactory{s.converter()},
	}
	var present atomic.Pointer[otelcol.Collector]
	s.state = func() otelcol.State { return present.Load().GetState() }
	watching, stop := context.WithCancel(ctx)
	defer stop()
	go s.run(watching, hangups, watches(set.ConfigProviderSettings.ResolverSettings.URIs))

	for fallbacks := 0; ; {
		collector, err := otelcol.NewCollector(offered)
		if err != nil {
			return err
		}
		present.Store(collector)
		began := time.Now()
		err = collector.Run(ctx)
		switch {
		case err == nil:
			return nil
		case s.invalid != nil:
			return s.invalid
		case time.Since(began) > time.Minute: // it ran
			fallbacks = 0
		}
		if collector.GetState() == otelcol.StateClosing && !s.ends() {
			s.logger.Error("Components did not stop for a reload, starting the new configuration", zap.Error(err))
			continue
		}
		if fallbacks++; fallbacks > maxFallbacks || !s.fallBack(err) {
			return err
		}
		if fallbacks > 1 {
			time.Sleep(firstPause << fallbacks)
		}
	}
}

// watches reports whether a location is watched for changes by its provider.
func watches(locations []string) bool {
	return slices.ContainsFunc(locations, func(location string) bool { return strings.HasPrefix(location, "prometheus:") })
}
