package replacetest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// Guard is a remote write endpoint that accepts one Authorization header and, over TLS, one authority at a time.
type Guard struct {
	*httptest.Server
	header    atomic.Pointer[string]
	authority atomic.Pointer[Authority] // nil without TLS
	accepted  atomic.Int64              // unix nanoseconds of the last accepted request
	rejected  atomic.Int64
	fails     atomic.Int64 // TLS handshakes
}

// StartGuard starts one that accepts a header, and over TLS, unless who is nil, the client certificates of an authority.
func StartGuard(t *testing.T, header string, who *Authority) *Guard {
	g := &Guard{}
	g.header.Store(&header)
	g.authority.Store(who)
	g.Server = httptest.NewUnstartedServer(g)
	g.Config.ErrorLog = log.New(counter(func() { g.fails.Add(1) }), "", 0)
	if who == nil {
		g.Start()
	} else {
		g.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			now := g.authority.Load()
			return &tls.Config{
				Certificates: []tls.Certificate{now.Pair}, ClientCAs: now.Pool, ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS12,
			}, nil
		}}
		g.StartTLS()
	}
	t.Cleanup(g.Close)
	return g
}

// counter counts the lines that a server logs.
type counter func()

// Write implements io.Writer.
func (c counter) Write(p []byte) (int, error) { c(); return len(p), nil }

// ServeHTTP implements http.Handler.
func (g *Guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	if got := r.Header.Get("Authorization"); got != *g.header.Load() {
		g.rejected.Add(1)
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = fmt.Fprintf(w, "user not found: %s", got) //nolint:gosec // a test's endpoint, which echoes what a real one may
		return
	}
	g.accepted.Store(time.Now().UnixNano())
	w.WriteHeader(http.StatusNoContent)
}

// Want makes it accept the next header and the next authority only.
func (g *Guard) Want(header string, who *Authority) {
	g.header.Store(&header)
	if who != nil {
		g.authority.Store(who)
		g.CloseClientConnections()
	}
	g.accepted.Store(0)
	g.rejected.Store(0)
	g.fails.Store(0)
}

// Accepted returns an error while no request has been accepted since Want.
func (g *Guard) Accepted() error {
	if g.accepted.Load() == 0 {
		return errors.New("no accepted request")
	}
	return nil
}

// Rejected returns an error while no request or handshake has been rejected since Want.
func (g *Guard) Rejected() error {
	if g.rejected.Load()+g.fails.Load() == 0 {
		return errors.New("no rejected request")
	}
	return nil
}

// AcceptedAt returns when the last request was accepted since Want, or the zero time.
func (g *Guard) AcceptedAt() time.Time {
	if at := g.accepted.Load(); at != 0 {
		return time.Unix(0, at)
	}
	return time.Time{}
}
