package managedprometheusexporter

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/metric/noop"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/diagnosis"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"
	"github.com/msp-collector/msp-collector/internal/secretfile"
	"github.com/msp-collector/msp-collector/internal/tlsreload"
)

// client makes the HTTP client, and starts to watch its TLS files and its authenticator. changed returns a channel that is
// closed when the next request is sent with other files or credentials. Compression is ours, so confighttp must not compress
// again.
func (e *metricsExporter) client(ctx context.Context, host component.Host) (client *send.Client, changed func() <-chan struct{}, err error) {
	config := e.config.HTTP
	config.Compression = ""
	telemetry := e.set.TelemetrySettings
	telemetry.MeterProvider = noop.NewMeterProvider() // a histogram per request costs more than sending it; we count requests ourselves
	extensions := host.GetExtensions()
	if !e.config.ProxyFromEnvironment {
		config, extensions = withoutEnvironment(config, extensions)
	}
	reloading, err := tlsreload.NewClient(ctx, config, extensions, telemetry)
	if err != nil {
		return nil, nil, fmt.Errorf("http: %w", err)
	}
	build := e.set.BuildInfo
	header := http.Header{"User-Agent": {build.Command + "/" + build.Version}}
	e.watching = watch(reloading, e.config.authChanged(host, e.set.Logger))
	client = send.NewClient(config.Endpoint, config.Auth.HasValue(), header, reloading.HTTP)
	client.Credential = e.config.credential(host)
	return client, e.watching.signal.Changed, nil
}

// credential returns what the authenticator sends.
func (c *Config) credential(host component.Host) func() diagnosis.Credential {
	auth := c.HTTP.Auth.Get()
	if auth == nil {
		return diagnosis.CredentialOf("", nil)
	}
	return diagnosis.CredentialOf(auth.AuthenticatorID.Type().String(), host.GetExtensions()[auth.AuthenticatorID])
}

// authChanged finds the authenticator's hook, where it has one.
func (c *Config) authChanged(host component.Host, logger *zap.Logger) func() <-chan struct{} {
	auth := c.HTTP.Auth.Get()
	if auth == nil {
		return nil
	}
	if changing, ok := host.GetExtensions()[auth.AuthenticatorID].(interface{ PairChanged() <-chan struct{} }); ok {
		return changing.PairChanged
	}
	logger.Warn("The authenticator does not report changed credentials: after a rejection they are tried at the next probe",
		zap.Stringer("authenticator", auth.AuthenticatorID),
		zap.String("remedy", "use accesskey_auth, with basic_auth, authorization or oauth2 for an endpoint that is not Alibaba Cloud's"))
	return nil
}

// watching joins what may end the refusal of a destination: other TLS files and other credentials.
type watching struct {
	signal secretfile.Signal
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// watch starts to watch. authChanged is nil for an authenticator that does not report changes.
func watch(client *tlsreload.Client, authChanged func() <-chan struct{}) *watching {
	ctx, cancel := context.WithCancel(context.Background())
	w := &watching{cancel: cancel}
	w.done.Go(func() { client.Run(ctx) })
	for _, changed := range []func() <-chan struct{}{client.Changed, authChanged} {
		if changed != nil {
			w.done.Go(func() { w.forward(ctx, changed) })
		}
	}
	return w
}

// forward fires the signal for every change until ctx ends.
func (w *watching) forward(ctx context.Context, changed func() <-chan struct{}) {
	next := changed()
	for {
		select {
		case <-ctx.Done():
			return
		case <-next:
			next = changed() // taken before it is reported, so that no change is missed
			w.signal.Fire()
		}
	}
}

// stop ends the watching. It is safe on nil and more than once.
func (w *watching) stop() {
	if w != nil {
		w.cancel()
		w.done.Wait()
	}
}
