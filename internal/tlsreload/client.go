// Package tlsreload makes HTTP clients whose new connections use the CA, certificate and key files as they are now.
//
// confighttp reads the CA file once, and a client certificate that cannot be read again fails the handshake. Here
// the whole transport is made anew when the content of a file changes, and the last good one stays in use while the
// files cannot be loaded, for example between the two writes of a certificate and its key.
package tlsreload

import (
	"context"
	"net/http"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/internal/secretfile"
)

// checkInterval is the time between two looks at the files.
const checkInterval = time.Second

// Client is an HTTP client that follows its TLS files. HTTP is safe for concurrent use; Run and Check are not.
type Client struct {
	// HTTP sends with the newest files that could be loaded.
	HTTP *http.Client

	build   func() (*generation, error)
	current *latest
	watch   *secretfile.Watch
	failed  error // of the last attempt to load the files; nil when it succeeded
	changed secretfile.Signal
	logger  *zap.Logger
}

// NewClient makes the client that config describes. It returns an error when a file cannot be loaded now. ctx and
// extensions are those of ToClient, and are used again whenever a file changes.
func NewClient(ctx context.Context, config confighttp.ClientConfig, extensions map[component.ID]component.Component, telemetry component.TelemetrySettings) (*Client, error) {
	c := &Client{current: &latest{}, logger: telemetry.Logger}
	config.TLS.ReloadInterval = 0 // the files are watched here
	ctx = context.WithoutCancel(ctx)
	c.build = func() (*generation, error) { return newGeneration(ctx, config, extensions, telemetry) }
	c.watch = secretfile.NewWatch(config.TLS.CAFile, config.TLS.CertFile, config.TLS.KeyFile)
	first, err := c.build()
	if err != nil {
		return nil, err
	}
	c.current.use.Store(first)
	whole := *first.Client
	whole.Transport = c.current
	c.HTTP = &whole
	return c, nil
}

// Changed returns a channel that is closed when the next connection uses other files.
func (c *Client) Changed() <-chan struct{} { return c.changed.Changed() }

// Run looks at the files every second until ctx ends. It returns at once when the client has none.
func (c *Client) Run(ctx context.Context) {
	if len(c.watch.Paths()) == 0 {
		return
	}
	ticker := time.NewTicker(checkInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			c.Check()
		}
	}
}

// Check looks at the files now, and loads them if their content has changed or the last attempt failed.
func (c *Client) Check() {
	if !c.watch.Changed() && c.failed == nil {
		return
	}
	next, err := c.build()
	if err != nil {
		if c.failed == nil || c.failed.Error() != err.Error() {
			c.logger.Warn("TLS files cannot be loaded, the last good ones stay in use", zap.Strings("files", c.watch.Paths()), zap.Error(err),
				zap.String("remedy", "write a certificate and the key that belongs to it, or a CA in PEM; the files are read again every second"))
		}
		c.failed = err
		return
	}
	c.failed = nil
	c.current.use.Swap(next).connections.closeIdle()
	c.logger.Info("TLS files have changed, new connections use them", zap.Strings("files", c.watch.Paths()))
	c.changed.Fire()
}
