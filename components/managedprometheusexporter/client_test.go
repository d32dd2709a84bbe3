package managedprometheusexporter

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"

	"github.com/msp-collector/msp-collector/internal/secretfile/replacetest"
)

// The CA file is not the endpoint's at first. As soon as it is, samples go out, though the back-off is an hour.
func TestAChangedCAFileEndsTheBackOff(t *testing.T) {
	right, wrong := replacetest.NewAuthority(t, "right"), replacetest.NewAuthority(t, "wrong")
	got := make(chan struct{}, 100)
	endpoint := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusNoContent)
		got <- struct{}{}
	}))
	endpoint.TLS = &tls.Config{Certificates: []tls.Certificate{right.Pair}, MinVersion: tls.VersionTLS12}
	endpoint.StartTLS()
	t.Cleanup(endpoint.Close)

	ca := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, []byte(wrong.Cert), 0o600))
	config := createDefaultConfig().(*Config)
	config.HTTP.Endpoint = endpoint.URL + "/api/v1/write"
	config.HTTP.TLS.CAFile = ca
	config.WAL.Directory = t.TempDir()
	config.Queue.BatchSendDeadline = 20 * time.Millisecond
	config.Queue.MinBackoff, config.Queue.MaxBackoff = time.Hour, time.Hour
	config.Metadata.Send = false
	e, _ := started(t, component.NewIDWithName(componentType, "ca"), config)
	require.NoError(t, e.ConsumeMetrics(context.Background(), gauge(1, time.Now())))
	require.Eventually(t, func() bool { return e.queue.Load().Answered() != nil }, 10*time.Second, 10*time.Millisecond, "a request has failed")
	require.NoError(t, os.WriteFile(ca, []byte(right.Cert), 0o600))
	begun := time.Now()
	select {
	case <-got:
		require.Less(t, time.Since(begun), 2*time.Second)
	case <-time.After(10 * time.Second):
		t.Fatal("the new CA file is not used")
	}
}
