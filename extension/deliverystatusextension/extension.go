package deliverystatusextension

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/extension/extensioncapabilities"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/status"
	"github.com/msp-collector/msp-collector/internal/listenhint"
)

var (
	_ extension.Extension                   = (*deliveryStatus)(nil)
	_ extensioncapabilities.PipelineWatcher = (*deliveryStatus)(nil)
	_ extensioncapabilities.Dependent       = (*deliveryStatus)(nil)
	_ status.Registrar                      = (*deliveryStatus)(nil)
)

// deliveryStatus serves what components tell of themselves.
type deliveryStatus struct {
	registry
	phase atomic.Int32 // see ready.go

	set      extension.Settings
	config   *Config
	*memory            // outlives a reload
	verifier *verifier // nil unless configured

	server     *http.Server
	listener   net.Listener
	loopback   bool            // it is on this host alone
	background context.Context // of what runs until Shutdown
	cancel     context.CancelFunc
	running    sync.WaitGroup
	metrics    []func() error // end them
}

func newDeliveryStatus(set extension.Settings, config *Config, memory *memory) *deliveryStatus {
	return &deliveryStatus{set: set, config: config, memory: memory}
}

// Dependencies are the authenticators, which must be started before.
func (d *deliveryStatus) Dependencies() (ids []component.ID) {
	if auth := d.config.Auth.Get(); auth != nil {
		ids = append(ids, auth.AuthenticatorID)
	}
	if verify := d.config.Verify.Get(); verify != nil && verify.Auth.HasValue() {
		ids = append(ids, verify.Auth.Get().AuthenticatorID)
	}
	return ids
}

// Start begins to listen, and to keep the history.
func (d *deliveryStatus) Start(ctx context.Context, host component.Host) (err error) {
	if d.config.Verify.HasValue() {
		if d.verifier, err = newVerifier(ctx, d.config.Verify.Get(), host, d.set, d.Destinations, d.memory); err != nil {
			return err
		}
		unregister, err := d.verifier.register(d.set)
		if err != nil {
			return err
		}
		d.metrics = append(d.metrics, unregister)
	}
	reloads, err := status.ReportReloads(d.set.MeterProvider)
	if err != nil {
		return err
	}
	d.metrics = append(d.metrics, reloads)
	if d.server, err = d.newServer(ctx, host); err != nil {
		return err
	}
	if d.listener, err = d.config.server().ToListener(ctx); err != nil {
		return listenError(d.config.Endpoint, err)
	}
	d.loopback = isLoopback(d.listener.Addr())
	d.noteWhere()
	d.serve(host)
	d.background, d.cancel = context.WithCancel(context.Background())
	d.running.Go(func() { run(d.background, d.remember) })
	return nil
}

func (d *deliveryStatus) serve(host component.Host) {
	d.running.Go(func() {
		if err := d.server.Serve(d.listener); !errors.Is(err, http.ErrServerClosed) {
			componentstatus.ReportStatus(host, componentstatus.NewFatalErrorEvent(fmt.Errorf("delivery_status: %w", err)))
		}
	})
}

// Shutdown ends what Start began. It is safe without Start and more than once.
func (d *deliveryStatus) Shutdown(ctx context.Context) (err error) {
	if d.cancel != nil {
		d.cancel()
	}
	if d.listener != nil {
		err = d.server.Shutdown(ctx)
	}
	d.running.Wait()
	for _, unregister := range d.metrics {
		err = errors.Join(err, unregister())
	}
	d.cancel, d.listener, d.metrics = nil, nil, nil
	return err
}

// noteWhere says where the page is, and warns when anybody can look at it.
func (d *deliveryStatus) noteWhere() {
	address := d.listener.Addr().String()
	scheme := "http://"
	if d.config.TLS.HasValue() {
		scheme = "https://"
	}
	d.set.Logger.Info("The status of delivery is shown", zap.String("url", scheme+address+"/"))
	if !d.loopback && !d.config.Auth.HasValue() {
		d.set.Logger.Warn("Whoever reaches the endpoint of delivery_status sees where data go and which targets are scraped: name an accesskey_auth in auth::authenticator, or listen on 127.0.0.1",
			zap.String("endpoint", address))
	}
}

// listenError says what can be done.
func listenError(endpoint string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("endpoint %q is taken: %s: %w", endpoint, listenhint.For(endpoint), err)
	}
	return fmt.Errorf("endpoint %q: %w", endpoint, err)
}
