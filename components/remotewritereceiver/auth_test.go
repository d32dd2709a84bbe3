package remotewritereceiver

import (
	"context"
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver/receivertest"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension"
)

// host has extensions.
type host map[component.ID]component.Component

func (h host) GetExtensions() map[component.ID]component.Component { return h }

const goodPairs = `[{"AccessKeyId":"agent","AccessKeySecret":"sesame"}]`

// guarded is a configuration and a host whose real authenticator takes the pairs in a file.
func guarded(t *testing.T, file string) (*Config, host) {
	t.Helper()
	factory := accesskeyauthextension.NewFactory()
	extension := factory.CreateDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(map[string]any{"check_interval": "1s", "server": map[string]any{"file": file}}).Unmarshal(extension))
	id := component.MustNewIDWithName("accesskey_auth", "clients")
	server, err := factory.Create(t.Context(), extensiontest.NewNopSettings(factory.Type()), extension)
	require.NoError(t, err)
	require.NoError(t, server.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { assert.NoError(t, server.Shutdown(context.Background())) })
	config := testConfig()
	load(t, config, map[string]any{"http": map[string]any{"auth": map[string]any{"authenticator": id.String()}}})
	return config, host{id: server}
}

// sendAs posts a good body with a secret; none with an empty one.
func (r running) sendAs(t *testing.T, secret, path string) reply {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, r.url+path, readerOf(goodBody(t)))
	require.NoError(t, err)
	if secret != "" {
		request.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("agent:"+secret)))
	}
	return do(t, http.DefaultClient, request)
}

// Who may not send is told how to.
func TestAuthentication(t *testing.T) {
	file := filepath.Join(t.TempDir(), "clients.json")
	require.NoError(t, os.WriteFile(file, []byte(goodPairs), 0o600))
	config, extensions := guarded(t, file)
	var sender any
	r := startWith(t, config, consume(t, func(ctx context.Context, _ pmetric.Metrics) error {
		sender = client.FromContext(ctx).Auth.GetAttribute("access_key_id")
		return nil
	}), extensions)
	for _, secret := range []string{"", "simsalabim"} {
		for _, path := range []string{"", "/other"} {
			got := r.sendAs(t, secret, path)
			require.Equal(t, http.StatusUnauthorized, got.status)
			require.Contains(t, got.header.Get("WWW-Authenticate"), `Basic realm=`)
			require.NotContains(t, got.text, "simsalabim")
		}
	}
	require.Equal(t, http.StatusNoContent, r.sendAs(t, "sesame", "").status)
	require.Equal(t, "agent", sender)
	require.EqualValues(t, 4, r.sum(t, "requests", "code", "401"))

	unknown := newReceiver(receivertest.NewNopSettings(componentType), config, consumertest.NewNop())
	require.ErrorContains(t, unknown.Start(t.Context(), host{}), "http: ", "a missing authenticator fails at start")
	require.NoError(t, unknown.Shutdown(context.Background()))
}

// A Prometheus throws away what is answered with 401. While nobody can be judged, senders are asked to come again.
func TestWithoutPairsSendersComeAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "clients.json")
	config, extensions := guarded(t, file)
	var sink consumertest.MetricsSink
	r := startWith(t, config, &sink, extensions)
	got := r.sendAs(t, "sesame", "")
	require.Equal(t, http.StatusServiceUnavailable, got.status)
	require.Equal(t, "5", got.header.Get("Retry-After"))
	require.Contains(t, got.text, "http::auth cannot judge senders now")
	require.Empty(t, got.header.Get("WWW-Authenticate"))
	require.Empty(t, sink.AllMetrics(), "nobody gets in meanwhile")
	require.EqualValues(t, 1, r.sum(t, "requests", "code", "503"))

	require.NoError(t, os.WriteFile(file, []byte(goodPairs), 0o600))
	require.Eventually(t, func() bool { return r.sendAs(t, "sesame", "").status == http.StatusNoContent }, patience, 10*time.Millisecond)
	require.Equal(t, http.StatusUnauthorized, r.sendAs(t, "simsalabim", "").status)
}
