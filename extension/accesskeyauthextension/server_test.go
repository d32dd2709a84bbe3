package accesskeyauthextension

import (
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/extension/extensionauth"
	"go.opentelemetry.io/collector/extension/extensiontest"
)

func startServer(t *testing.T, file string) extensionauth.Server {
	t.Helper()
	factory := NewFactory()
	cfg := createDefaultConfig().(*Config)
	cfg.Server = configoptional.Some(ServerConfig{File: file})
	ext, err := factory.Create(context.Background(), extensiontest.NewNopSettings(factory.Type()), cfg)
	require.NoError(t, err)
	require.NoError(t, ext.Start(context.Background(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, ext.Shutdown(context.Background())) })
	server, ok := ext.(extensionauth.Server)
	require.True(t, ok)
	return server
}

func basic(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}

func TestServerPutsIDIntoClientInfo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "clients.json")
	require.NoError(t, os.WriteFile(file, []byte(`[{"AccessKeyId":"agent","AccessKeySecret":"sesame"}]`), 0o600))
	server := startServer(t, file)
	for _, header := range []string{"Authorization", "authorization"} {
		ctx, err := server.Authenticate(context.Background(), map[string][]string{header: {basic("agent", "sesame")}})
		require.NoError(t, err)
		info := client.FromContext(ctx)
		require.Equal(t, "agent", info.Auth.GetAttribute(AccessKeyIDAttribute))
		require.Equal(t, []string{AccessKeyIDAttribute}, info.Auth.GetAttributeNames())
	}
	for name, sources := range map[string]map[string][]string{
		"none":   {},
		"wrong":  {"Authorization": {basic("agent", "simsim")}},
		"two":    {"Authorization": {basic("agent", "sesame"), basic("agent", "sesame")}},
		"scheme": {"Authorization": {"Bearer sesame"}},
	} {
		_, err := server.Authenticate(context.Background(), sources)
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "agent")
	}
}

func TestServerWithoutFileRefusesEverybody(t *testing.T) {
	server := startServer(t, filepath.Join(t.TempDir(), "missing.json"))
	_, err := server.Authenticate(context.Background(), map[string][]string{"Authorization": {basic("agent", "sesame")}})
	require.Error(t, err)
}

// An instance named on the wrong side must fail at start, closed and not open.
func TestSidesAreTypesOfTheirOwn(t *testing.T) {
	factory := NewFactory()
	ext, err := factory.Create(context.Background(), extensiontest.NewNopSettings(factory.Type()), staticConfig(oldID))
	require.NoError(t, err)
	require.NotImplements(t, (*extensionauth.Server)(nil), ext)
	require.NoError(t, ext.Shutdown(context.Background()), "shutdown without start")
	require.NotImplements(t, (*extensionauth.HTTPClient)(nil), &accessKeyServer{})
}
