package remotewritereceiver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"syscall"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receiverhelper"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
	"github.com/msp-collector/msp-collector/components/status"
	"github.com/msp-collector/msp-collector/internal/listenhint"
	"github.com/msp-collector/msp-collector/internal/refusedsenders"
)

var _ receiver.Metrics = (*remoteWrite)(nil)

// remoteWrite is the receiver.
type remoteWrite struct {
	set       receiver.Settings
	config    *Config
	next      consumer.Metrics
	telemetry telemetry

	server     *http.Server
	listener   net.Listener
	serving    sync.WaitGroup
	unregister func() // from who shows it to people
}

func newReceiver(set receiver.Settings, config *Config, next consumer.Metrics) *remoteWrite {
	return &remoteWrite{set: set, config: config, next: next}
}

// Start begins to listen.
func (r *remoteWrite) Start(ctx context.Context, host component.Host) error {
	transport := "http"
	if r.config.HTTP.TLS.HasValue() {
		transport = "https"
	}
	observer, err := receiverhelper.NewObsReport(receiverhelper.ObsReportSettings{ReceiverID: r.set.ID, Transport: transport, ReceiverCreateSettings: r.set})
	if err != nil {
		return err
	}
	h := newHandler(r.config, r.next, verbatim.CanPack(host, r.next), observer, &r.telemetry, newNotice(r.set.Logger))
	config := r.config.HTTP
	config.CompressionAlgorithms = []string{} // the handler decompresses
	server, err := config.ToServer(ctx, witnessed(host.GetExtensions(), &config), r.set.TelemetrySettings, h, confighttp.WithErrorHandler(h.refuse))
	if err != nil {
		return fmt.Errorf("http: %w", err)
	}
	server.Handler = judged(server.Handler)
	r.telemetry.handshakes.senders = refusedsenders.New(r.set.Logger)
	server.ErrorLog = newErrorLog(r.set.Logger, &r.telemetry.handshakes)
	listener, err := config.ToListener(ctx)
	if err != nil {
		return listenError(config.NetAddr.Endpoint, err)
	}
	if err := r.telemetry.register(r.set.MeterProvider, r.set.ID, h.load); err != nil {
		return errors.Join(err, listener.Close())
	}
	r.server, r.listener = server, listener
	r.unregister = status.Register(host, r.set.ID, status.Report{
		Receiver:       func() status.Receiver { return r.telemetry.report(listener.Addr().String()) },
		RefusedSenders: r.telemetry.handshakes.senders.Report,
	})
	r.serving.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			componentstatus.ReportStatus(host, componentstatus.NewFatalErrorEvent(fmt.Errorf("http: %w", err)))
		}
	})
	r.set.Logger.Info("Remote write is received", zap.String("endpoint", listener.Addr().String()))
	return nil
}

// listenError says what can be done.
func listenError(endpoint string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("http::endpoint %q is taken: %s: %w", endpoint, listenhint.For(endpoint), err)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("http::endpoint %q may not be listened on by this user: name a port above 1023: %w", endpoint, err)
	default:
		return fmt.Errorf("http::endpoint %q or http::tls: %w", endpoint, err)
	}
}

// Shutdown accepts no more connections, and lets running requests end. When ctx ends before they have, they are cut off: their
// senders have no answer, and send again.
func (r *remoteWrite) Shutdown(ctx context.Context) error {
	if r.server == nil {
		return nil
	}
	r.unregister()
	err := r.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("requests were cut off: %w", err), r.server.Close())
	}
	r.serving.Wait()
	r.server = nil
	return errors.Join(err, r.telemetry.unregister())
}
