// Package bench measures the AccessKey authenticator beside its peer in the collector's contrib repository, in one run:
//
//	go test -run '^$' -bench . ./bench
package bench

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/bearertokenauthextension"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/extension/extensionauth"
	"go.opentelemetry.io/collector/extension/extensiontest"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension"
	"github.com/msp-collector/msp-collector/test/harness"
)

// BenchmarkRoundTrip is what an authenticator adds to a request: the transport below it answers 200 at once. Both read
// their secret from a file and watch it meanwhile, as in production.
func BenchmarkRoundTrip(b *testing.B) {
	for _, peer := range []struct {
		name  string
		start func(*testing.B) extension.Extension
	}{
		{"accesskey_auth", startAccessKeyAuth},
		{"bearertokenauth", startBearerTokenAuth},
	} {
		b.Run(peer.name, func(b *testing.B) {
			transport := transportOf(b, peer.start(b))
			b.Run("serial", func(b *testing.B) {
				request := newRequest(b)
				b.ReportAllocs()
				for b.Loop() {
					roundTrip(b, transport, request)
				}
			})
			b.Run("parallel", func(b *testing.B) {
				b.ReportAllocs()
				b.RunParallel(func(pb *testing.PB) {
					request := newRequest(b)
					for pb.Next() {
						roundTrip(b, transport, request)
					}
				})
			})
		})
	}
}

func startAccessKeyAuth(b *testing.B) extension.Extension {
	path := filepath.Join(b.TempDir(), "accesskey.json")
	require.NoError(b, harness.WriteInPlace(path, harness.NewAccessKey()))
	factory := accesskeyauthextension.NewFactory()
	config := factory.CreateDefaultConfig().(*accesskeyauthextension.Config)
	config.File = configoptional.Some(accesskeyauthextension.FileConfig{Path: path})
	return start(b, factory, config)
}

func startBearerTokenAuth(b *testing.B) extension.Extension {
	path := filepath.Join(b.TempDir(), "token")
	require.NoError(b, os.WriteFile(path, []byte(harness.NewAccessKey().Secret), 0o600))
	factory := bearertokenauthextension.NewFactory()
	config := factory.CreateDefaultConfig().(*bearertokenauthextension.Config)
	config.Filename = path
	config.WaitForTokenFile = true
	return start(b, factory, config)
}

// start runs the extension until the end of the benchmark.
func start(b *testing.B, factory extension.Factory, config component.Config) extension.Extension {
	b.Helper()
	auth, err := factory.Create(b.Context(), extensiontest.NewNopSettings(factory.Type()), config)
	require.NoError(b, err)
	require.NoError(b, auth.Start(b.Context(), componenttest.NewNopHost()))
	b.Cleanup(func() { require.NoError(b, auth.Shutdown(b.Context())) })
	return auth
}

func transportOf(b *testing.B, auth extension.Extension) http.RoundTripper {
	b.Helper()
	client, ok := auth.(extensionauth.HTTPClient)
	require.True(b, ok, "%T authenticates no HTTP client", auth)
	transport, err := client.RoundTripper(answer{})
	require.NoError(b, err)
	request := newRequest(b)
	response, err := transport.RoundTrip(request)
	require.NoError(b, err)
	require.NotEmpty(b, response.Request.Header.Get("Authorization"), "the measured path must authenticate")
	require.Empty(b, request.Header.Get("Authorization"), "the caller's request must stay as it is")
	return transport
}

// newRequest has the headers that the remote write exporter sets.
func newRequest(b *testing.B) *http.Request {
	request, err := http.NewRequestWithContext(b.Context(), http.MethodPost, "https://example.com/api/v1/write", http.NoBody)
	require.NoError(b, err)
	for name, value := range map[string]string{
		"Content-Encoding":                  "snappy",
		"Content-Type":                      "application/x-protobuf",
		"User-Agent":                        "msp-collector/0.1.0 (linux/amd64)",
		"X-Prometheus-Remote-Write-Version": "0.1.0",
	} {
		request.Header.Set(name, value)
	}
	return request
}

func roundTrip(b *testing.B, transport http.RoundTripper, request *http.Request) {
	response, err := transport.RoundTrip(request)
	if err != nil || response.StatusCode != http.StatusOK {
		b.Fatal(response, err)
	}
}

// answer is a transport that answers 200 to everything.
type answer struct{}

func (answer) RoundTrip(request *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: request}, nil
}
