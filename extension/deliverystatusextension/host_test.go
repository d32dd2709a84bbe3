package deliverystatusextension

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
)

func (r *rig) askedAs(t *testing.T, host, path string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+path, http.NoBody)
	require.NoError(t, err)
	request.Host = host
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response.StatusCode
}

// A name that somebody made to point here must not read the page.
func TestOtherNamesDoNotReadALocalPage(t *testing.T) {
	r := start(t, nil, componenttest.NewNopHost())
	for host, want := range map[string]int{
		"": 200, "127.0.0.1:8686": 200, "localhost": 200, "LOCALHOST:8686": 200, "[::1]:8686": 200, "[::1]": 200,
		"evil.test": 421, "evil.test:8686": 421, "localhost.evil.test": 421, "127.0.0.1.evil.test": 421,
	} {
		require.Equal(t, want, r.askedAs(t, host, "/"), host)
		require.Equal(t, want, r.askedAs(t, host, "/api/v1/status"), host)
		require.Equal(t, 200, r.askedAs(t, host, "/live"), host)
	}
	open := start(t, func(c *Config) { c.Endpoint = "0.0.0.0:0" }, componenttest.NewNopHost())
	require.Equal(t, 200, open.askedAs(t, "collector.test", "/"), "other hosts know this one by a name")
}
