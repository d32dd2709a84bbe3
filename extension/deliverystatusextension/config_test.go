package deliverystatusextension

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configauth"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configtls"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension"
)

func reasonField(reason string) zapcore.Field { return zap.String("reason", reason) }

func TestConfigNamesWhatIsWrong(t *testing.T) {
	for want, section := range map[string]map[string]any{
		"endpoint \"8686\" is no address":         {"endpoint": "8686"},
		"verify::query_url must be":               {"verify": map[string]any{}},
		"verify::query_url holds credentials":     {"verify": map[string]any{"query_url": "https://a:b@c"}},
		"verify::query_url is a remote write URL": {"verify": map[string]any{"query_url": "https://c/api/v1/write"}},
		"verify::interval must be at least":       {"verify": map[string]any{"query_url": "https://c", "interval": "1ms"}},
	} {
		config := createDefaultConfig().(*Config)
		require.NoError(t, confmap.NewFromStringMap(section).Unmarshal(config))
		err := config.Validate()
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "a:b", "no credentials")
	}
}

func TestConfigDefaults(t *testing.T) {
	config := createDefaultConfig().(*Config)
	require.NoError(t, config.Validate())
	require.Equal(t, "127.0.0.1:8686", config.Endpoint, "never a public address")
	require.False(t, config.Verify.HasValue(), "off unless configured")
	require.NoError(t, confmap.NewFromStringMap(map[string]any{"verify": map[string]any{"query_url": "https://c/x/api/v1/query", "exporter": "managed_prometheus/a"}}).Unmarshal(config))
	require.Equal(t, time.Minute, config.Verify.Get().Interval)
	require.Equal(t, "https://c/x/api/v1/query", config.Verify.Get().queryURL())
	require.Equal(t, "managed_prometheus/a", config.Verify.Get().Exporter.String())
}

// Who may look is judged by accesskey_auth; probes are open, since kubelets have no key.
func TestAuthentication(t *testing.T) {
	const clientID, secret = "LTAI5tstatuspagereader01", "a-secret-for-the-status-page"
	file := filepath.Join(t.TempDir(), "clients.json")
	require.NoError(t, os.WriteFile(file, []byte(`[{"AccessKeyId":"`+clientID+`","AccessKeySecret":"`+secret+`"}]`), 0o600))
	factory := accesskeyauthextension.NewFactory()
	config := factory.CreateDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(map[string]any{"server": map[string]any{"file": file}}).Unmarshal(config))
	auth, err := factory.Create(t.Context(), extensiontest.NewNopSettings(factory.Type()), config)
	require.NoError(t, err)
	require.NoError(t, auth.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, auth.Shutdown(t.Context())) })

	name := component.MustNewIDWithName("accesskey_auth", "clients")
	r := start(t, func(c *Config) {
		c.Auth = configoptional.Some(configauth.Config{AuthenticatorID: name})
	}, hostWith{name: auth})
	require.Equal(t, []component.ID{name}, r.Dependencies())
	ask := func(path, user, password string) *http.Response {
		request, err := http.NewRequest(http.MethodGet, r.url+path, http.NoBody)
		require.NoError(t, err)
		if user != "" {
			request.SetBasicAuth(user, password)
		}
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response
	}
	for _, path := range []string{"/", "/api/v1/status", "/assets/style.css"} {
		refused := ask(path, "", "")
		require.Equal(t, 401, refused.StatusCode, path)
		require.Contains(t, refused.Header.Get("WWW-Authenticate"), "Basic realm=", "a browser asks")
		require.Equal(t, 401, ask(path, clientID, "wrong").StatusCode)
		require.Equal(t, 200, ask(path, clientID, secret).StatusCode)
	}
	require.Equal(t, 200, ask("/live", "", "").StatusCode)
	require.Equal(t, 503, ask("/ready", "", "").StatusCode)
	require.Contains(t, ask("/", clientID, secret).Header.Get("Content-Security-Policy"), "default-src 'none'")
}

func TestAPublicAddressIsWarnedAbout(t *testing.T) {
	r := start(t, func(c *Config) { c.Endpoint = "0.0.0.0:0" }, componenttest.NewNopHost())
	require.Len(t, r.logs.FilterLevelExact(zap.WarnLevel).All(), 1)
	private := start(t, nil, componenttest.NewNopHost())
	require.Empty(t, private.logs.FilterLevelExact(zap.WarnLevel).All())
}

func TestStartErrorsSayWhatToDo(t *testing.T) {
	r := start(t, nil, componenttest.NewNopHost())
	taken := newDeliveryStatus(extensiontest.NewNopSettings(componentType), &Config{Endpoint: r.listener.Addr().String()}, newMemory())
	require.ErrorContains(t, taken.Start(t.Context(), componenttest.NewNopHost()), "is taken: stop what listens there")
	require.NoError(t, taken.Shutdown(t.Context()))

	unknown := newDeliveryStatus(extensiontest.NewNopSettings(componentType), &Config{
		Endpoint: "127.0.0.1:0", Auth: configoptional.Some(configauth.Config{AuthenticatorID: id("nobody")}),
	}, newMemory())
	require.Error(t, unknown.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, unknown.Shutdown(t.Context()))

	files := newDeliveryStatus(extensiontest.NewNopSettings(componentType), &Config{
		Endpoint: "127.0.0.1:0", TLS: configoptional.Some(configtls.ServerConfig{Config: configtls.Config{CertFile: "none", KeyFile: "none"}}),
	}, newMemory())
	require.Error(t, files.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, files.Shutdown(t.Context()))
}
