package supervisor

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/otelcol"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/internal/configreload"
)

// checker reports what would keep a configuration from starting, while what is in use runs; inUse is nil when nothing does. The
// errors hold no secrets.
type checker func(ctx context.Context, conf, inUse *confmap.Conf) error

// source holds the configurations of the process: what runs, what is offered to the Collector, and what failed to start. One
// goroutine runs reload (see watching.go), the Collector's calls hand; mu covers all fields below it.
type source struct {
	logs     relay
	logger   *zap.Logger
	check    checker
	resolver *confmap.Resolver
	state    func() otelcol.State // of the present Collector

	mu      sync.Mutex
	inUse   *confmap.Conf // the last that started
	handed  *confmap.Conf // what the Collector got last: inUse, or what it is starting
	offered *confmap.Conf // what the Collector gets when it reloads: inUse, or a newer one that passed the check
	failed  *confmap.Conf // the last that passed the check and did not start
	refused string        // why the configuration on disk is not offered
	invalid error         // why the first configuration was not handed out
	ended   bool          // the process ends

	notify notifier
}

// newSource returns a source that resolves its configuration by settings.
func newSource(settings confmap.ResolverSettings, check checker) (*source, error) {
	logs := newRelay()
	logger := zap.New(logs)
	settings.ProviderSettings.Logger, settings.ConverterSettings.Logger = logger, logger
	resolver, err := confmap.NewResolver(settings)
	if err != nil {
		return nil, err
	}
	return &source{logs: logs, logger: logger, check: check, resolver: resolver}, nil
}

// hand returns the configuration that the Collector is to run. At first it is read and checked here; later reload has done so.
func (s *source) hand(ctx context.Context) (*confmap.Conf, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.handed == nil:
		conf, err := s.resolver.Resolve(ctx)
		if err == nil {
			err = s.check(ctx, conf, nil)
		}
		if err != nil {
			s.invalid = err
			return nil, err
		}
		s.handed, s.offered = conf, conf
		configreload.Process.Accept()
	case s.state() == otelcol.StateRunning: // so what it got last did start, and it begins to reload
		s.inUse, s.handed = s.handed, s.offered
	}
	return s.handed, nil
}

// reload reads and checks the configuration, offers it when it is another one that passes, and reports whether it does. asked is
// set when somebody asked for a reload: then a configuration that did not start is tried once more.
func (s *source) reload(ctx context.Context, asked bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.handed == nil {
		return false // the first start reads what is there
	}
	before := configreload.Process.State().Refused
	conf, err := s.resolver.Resolve(ctx)
	switch {
	case err != nil:
	case equal(conf, s.offered):
		if configreload.Process.State().Refused == before { // else a provider refused its file, and returned the last good one
			s.restore()
		}
		configreload.Process.Attempt(false)
		return false
	case !asked && s.failed != nil && equal(conf, s.failed):
		return false
	default:
		err = s.check(ctx, conf, s.offered)
	}
	if err != nil {
		s.refuse(err, asked)
		configreload.Process.Attempt(false)
		return false
	}
	restarts := !receiversOnly(conf, s.offered)
	s.offered, s.failed, s.refused = conf, nil, ""
	configreload.Process.Accept()
	configreload.Process.Attempt(restarts)
	s.logger.Info("Configuration changed, reloading", zap.Bool("receivers_only", !restarts))
	return true
}

// fallBack offers the last configuration that ran, after the one handed out did not start because of err. It reports whether there
// is one.
func (s *source) fallBack(err error) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inUse == nil || s.ended {
		return false
	}
	if s.handed == s.inUse {
		s.logger.Error("The last configuration that ran does not start either, trying again", zap.Error(err))
		return true
	}
	s.failed, s.handed, s.offered = s.handed, s.inUse, s.inUse
	s.refuse(err, true)
	return true
}

// pending reports whether the configuration on disk is refused.
func (s *source) pending() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused != ""
}

// ends reports whether the process ends.
func (s *source) ends() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// refuse reports why the configuration on disk is not used: once, and again whenever somebody asked for it.
func (s *source) refuse(err error, asked bool) {
	text := err.Error()
	if text == s.refused && !asked {
		return
	}
	s.refused = text
	configreload.Process.Refuse(err)
	s.logger.Error("Configuration refused: the collector continues with the last one that ran", zap.String("error", text))
}

func (s *source) restore() {
	s.refused, s.failed = "", nil
	if configreload.Process.State().Failed {
		configreload.Process.Restore()
		s.logger.Info("The configuration on disk is the one in use again")
	}
}

// close ends the resolver and what watches for changes.
func (s *source) close(ctx context.Context) error {
	s.notify.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	return s.resolver.Shutdown(ctx)
}

// retryEvery is how often a refused configuration is read again where a provider watches for changes: what was missing may have
// appeared beside the file that it watches.
const retryEvery = 5 * time.Second
