package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// guardedGateway is gateway.yaml whose OTLP receiver asks for an AccessKey pair of a file.
type guardedGateway struct {
	*harness.Collector
	t        *testing.T
	file     string
	settings harness.CollectorSettings
}

func newGuardedGateway(t *testing.T, protocol string, allowed ...harness.AccessKey) *guardedGateway {
	t.Helper()
	key, endpoint := harness.NewAccessKey(), harness.StartEndpoint(nil)
	t.Cleanup(endpoint.Close)
	g := &guardedGateway{t: t, file: filepath.Join(t.TempDir(), "clients.json")}
	g.allow(allowed...)
	g.settings = harness.CollectorSettings{
		Config: "gateway.yaml",
		Overrides: []string{
			fmt.Sprintf("yaml:extensions::accesskey_auth/clients::server::file: %q", g.file),
			"yaml:service::extensions: [health_check, accesskey_auth, accesskey_auth/clients]",
			"yaml:receivers::otlp::protocols::" + protocol + "::auth::authenticator: accesskey_auth/clients",
		},
		Directory:      collectorDirectory(t, key, nil),
		RemoteWriteURL: endpoint.URL,
	}
	return g
}

func startGuardedGateway(t *testing.T, allowed ...harness.AccessKey) *guardedGateway {
	t.Helper()
	g := newGuardedGateway(t, "http", allowed...)
	g.Collector = startCollector(t, g.settings)
	return g
}

// allow replaces the file of the pairs that may send.
func (g *guardedGateway) allow(keys ...harness.AccessKey) {
	g.t.Helper()
	content, err := json.Marshal(keys)
	require.NoError(g.t, err)
	require.NoError(g.t, writeFile(g.file+".next", string(content)))
	require.NoError(g.t, os.Rename(g.file+".next", g.file))
}

// push sends one gauge with a pair and returns the status.
func (g *guardedGateway) push(ctx context.Context, key harness.AccessKey) (int, error) {
	body := fmt.Sprintf(otlpGauge, "requests_in_flight", time.Now().UnixNano(), 3)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, g.OTLPURL+"/v1/metrics", strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	if key.ID != "" {
		request.SetBasicAuth(key.ID, key.Secret)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

// answers waits until a pair is answered with a status.
func (g *guardedGateway) answers(key harness.AccessKey, status int) {
	g.t.Helper()
	until(g.t, fmt.Sprintf("%s is answered with %d", key.ID, status), func(ctx context.Context) error {
		got, err := g.push(ctx, key)
		if err == nil && got != status {
			err = fmt.Errorf("answered with %d", got)
		}
		return err
	})
}

func TestTheGatewayAcceptsOnlyPairsOfItsFile(t *testing.T) {
	right, stranger := harness.NewAccessKey(), harness.NewAccessKey()
	g := startGuardedGateway(t, right)
	for name, test := range map[string]struct {
		key    harness.AccessKey
		status int
	}{
		"right":        {right, http.StatusOK},
		"stranger":     {stranger, http.StatusUnauthorized},
		"wrong secret": {harness.AccessKey{ID: right.ID, Secret: stranger.Secret}, http.StatusUnauthorized},
		"wrong id":     {harness.AccessKey{ID: stranger.ID, Secret: right.Secret}, http.StatusUnauthorized},
		"no pair":      {harness.AccessKey{}, http.StatusUnauthorized},
	} {
		status, err := g.push(deadline(t, patience), test.key)
		require.NoError(t, err, name)
		assert.Equal(t, test.status, status, name)
	}
	g.Stop()
	assert.Empty(t, right.Leaks(g.Output.String()))
}

// A client rotates while it sends: its old and its new pair are valid together, and not one request is refused.
func TestAClientRotatesWithoutARefusedRequest(t *testing.T) {
	old, next := harness.NewAccessKey(), harness.NewAccessKey()
	g := startGuardedGateway(t, old)
	sender := startSender(g, old)
	t.Cleanup(sender.stop)

	sender.waitFor(t, 20)
	g.answers(next, http.StatusUnauthorized)
	g.allow(old, next)
	g.answers(next, http.StatusOK)
	sender.key.Store(&next)
	sender.waitFor(t, 20)
	g.allow(next)
	removed := time.Now()
	g.answers(old, http.StatusUnauthorized)
	t.Logf("the removed pair is refused after %s", time.Since(removed).Round(time.Millisecond))
	sender.waitFor(t, 20)
	sender.stop()
	t.Logf("%d requests sent, %d of them refused", sender.sent.Load(), sender.refused.Load())
	assert.Zero(t, sender.refused.Load())
}
