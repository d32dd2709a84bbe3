package deliverystatusextension

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.uber.org/zap"
)

//go:embed assets/style.css assets/refresh.js assets/*.svg
var assets embed.FS

const (
	pageTimeout = 10 * time.Second
	// realm is what browsers name when they ask for an AccessKey pair.
	realm = `Basic realm="MSP Collector: AccessKey ID and secret", charset="UTF-8"`
)

// newServer puts the page and the JSON behind the authenticator, and the probes in front of it.
func (d *deliveryStatus) newServer(ctx context.Context, host component.Host) (*http.Server, error) {
	config := d.config.server()
	shown := http.NewServeMux()
	shown.HandleFunc("GET /{$}", d.servePage)
	shown.HandleFunc("GET /api/v1/status", d.serveJSON)
	shown.Handle("GET /assets/", http.FileServerFS(assets))
	server, err := config.ToServer(ctx, host.GetExtensions(), d.set.TelemetrySettings, shown)
	if err != nil {
		return nil, fmt.Errorf("delivery_status: %w", err)
	}
	all := http.NewServeMux()
	all.HandleFunc("GET /live", d.serveLive)
	all.HandleFunc("GET /ready", d.serveReady)
	all.Handle("/", d.addressed(asking(server.Handler)))
	server.Handler = guarded(all)
	return server, nil
}

// server is the configuration as confighttp has it.
func (c *Config) server() *confighttp.ServerConfig {
	config := confighttp.NewDefaultServerConfig()
	config.NetAddr.Endpoint, config.TLS = c.Endpoint, c.TLS
	config.ReadHeaderTimeout, config.WriteTimeout = pageTimeout, pageTimeout
	if auth := c.Auth.Get(); auth != nil {
		config.Auth = configoptional.Some(confighttp.AuthConfig{Config: *auth})
	}
	return &config
}

// guarded keeps browsers from doing more with an answer than to show it.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// asking makes browsers ask for an AccessKey pair where one is wanted; authenticators cannot.
func asking(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(challenger{w}, r)
	})
}

type challenger struct{ http.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (c challenger) WriteHeader(status int) {
	if status == http.StatusUnauthorized {
		c.Header().Set("WWW-Authenticate", realm)
	}
	c.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController find what it needs.
func (c challenger) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// serveLive answers as long as the process serves: a refused key, or an endpoint that is down, is nothing a restart heals.
func (*deliveryStatus) serveLive(w http.ResponseWriter, _ *http.Request) {
	_, _ = fmt.Fprintln(w, "live: the collector serves requests") // the prober may be gone
}

func (d *deliveryStatus) serveReady(w http.ResponseWriter, _ *http.Request) {
	ok, reason := d.ready()
	word := "ready"
	if !ok {
		word = "not ready"
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_, _ = fmt.Fprintf(w, "%s: %s\n", word, reason) // the prober may be gone
}

func (d *deliveryStatus) serveJSON(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(d.snapshot()); err != nil {
		d.set.Logger.Debug("The status could not be sent", zap.Error(err))
	}
}
