package accesskeyauthextension

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/extension/extensionauth"
	"go.uber.org/zap"
	"golang.org/x/sync/singleflight"

	"github.com/msp-collector/msp-collector/components/status"
	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/source"
)

var (
	_ extension.Extension      = (*accessKeyAuth)(nil)
	_ extensionauth.HTTPClient = (*accessKeyAuth)(nil)
	_ extensionauth.GRPCClient = (*accessKeyAuth)(nil)
	_ status.PairHolder        = (*accessKeyAuth)(nil)
)

var errNotYetLoaded = errors.New("its source has not been read yet")

// accessKeyAuth holds the pair in use and reads its source again at every check interval. All
// methods may be called concurrently.
type accessKeyAuth struct {
	cfg          *Config
	logger       *zap.Logger
	source       source.Source
	destinations *destinations
	telemetry    *clientTelemetry

	current atomic.Pointer[credential]
	loads   singleflight.Group

	schedule schedule // used inside loads only

	mu      sync.Mutex // guards the fields below
	loadErr error
	told    toldFailure
	remote  bool          // the source is behind a service
	loaded  time.Time     // when the source was read last, with or without success
	wait    time.Duration // until it is read again
	read    time.Time     // when it was read last with success
	oldTold time.Time     // when the age of the pair was last warned about
	warned  string
	changed chan struct{}

	reporting sync.Mutex // held while a status is reported, guards host; taken before mu
	host      component.Host

	planned chan struct{} // holds one signal that wait has changed

	lifetime context.Context // from Start to Shutdown; a reading is shared, so no one request's
	cancel   context.CancelFunc
	done     chan struct{}
}

func newAccessKeyAuth(set extension.Settings, cfg *Config, known *destinations) (*accessKeyAuth, error) {
	src, err := newSource(cfg)
	if err != nil {
		return nil, err
	}
	a := &accessKeyAuth{
		cfg:          cfg,
		logger:       set.Logger,
		source:       src,
		destinations: known,
		schedule:     schedule{interval: cfg.CheckInterval},
		changed:      make(chan struct{}),
		planned:      make(chan struct{}, 1),
	}
	if a.telemetry, err = newClientTelemetry(set, a); err != nil {
		return nil, fmt.Errorf("accesskey_auth: metrics: %w", err)
	}
	return a, nil
}

// Start loads the pair and begins to watch its source. A pair that cannot be had yet is logged and
// not an error: requests fail, and are retried by the exporter, until it appears.
func (a *accessKeyAuth) Start(_ context.Context, host component.Host) error {
	a.reporting.Lock()
	a.host = host
	a.reporting.Unlock()

	a.lifetime, a.cancel = context.WithCancel(context.Background())
	a.done = make(chan struct{})
	a.load(a.lifetime)
	go a.watch(a.lifetime)
	return nil
}

// Shutdown stops watching. It is safe without Start and more than once.
func (a *accessKeyAuth) Shutdown(context.Context) error {
	if a.cancel != nil {
		a.cancel()
		<-a.done
		a.waitForLoad()
	}
	return a.telemetry.registration.Unregister()
}

// watch reads the source whenever it is due, and when a file has changed that a service is asked with.
func (a *accessKeyAuth) watch(ctx context.Context) {
	defer close(a.done)
	inputs, _ := a.source.(interface{ Changed() bool })
	due := time.Now().Add(a.nextWait())
	for {
		wait := time.Until(due)
		if inputs != nil {
			wait = min(wait, a.cfg.CheckInterval)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-a.planned:
			timer.Stop()
			due = time.Now().Add(a.nextWait())
		case <-timer.C:
			changed := inputs != nil && inputs.Changed()
			if changed {
				a.waitForLoad() // one under way may have read the file before
			}
			if changed || !time.Now().Before(due) {
				a.load(ctx)
				due = time.Now().Add(a.nextWait())
			}
		}
	}
}

// waitForLoad returns when no reading of the source is under way.
func (a *accessKeyAuth) waitForLoad() {
	_, _, _ = a.loads.Do("", func() (any, error) { return nil, nil })
}

// PairChanged returns a channel that is closed when the next different pair has been loaded. An
// exporter takes it before it sends, waits for it while it holds its data after a refusal, and asks
// again for the next change; taken after the refusal, it could miss a change in between.
func (a *accessKeyAuth) PairChanged() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.changed
}

// RoundTripper adds the Authorization header to what base sends.
func (a *accessKeyAuth) RoundTripper(base http.RoundTripper) (http.RoundTripper, error) {
	if base == nil {
		return nil, errors.New("accesskey_auth: no base round tripper")
	}
	return &transport{auth: a, base: base}, nil
}

// credential returns the pair in use, or why there is none. An expired one is as good as none, and
// is renewed in the caller's time: the timer may have slept with the machine.
func (a *accessKeyAuth) credential(ctx context.Context) (*credential, error) {
	cred := a.current.Load()
	if cred != nil && !cred.usable() {
		a.reload(ctx)
		cred = a.current.Load()
	}
	if cred.usable() {
		return cred, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	err := a.loadErr
	if err == nil {
		err = errNotYetLoaded
	}
	if cred != nil {
		return nil, fmt.Errorf("%w: %s has expired at %s and was not renewed: %w",
			a.noCredentials(), cred.pair.MaskedID(), cred.pair.Expiry.Format(time.RFC3339), err)
	}
	return nil, fmt.Errorf("%w: %w", a.noCredentials(), err)
}
