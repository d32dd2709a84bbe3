package deliverystatusextension

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
)

func TestProbe(t *testing.T) {
	r := start(t, nil, componenttest.NewNopHost())
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	var out strings.Builder
	require.Equal(t, 1, Probe(r.listener.Addr().String(), &out))
	require.Contains(t, out.String(), "not ready: the pipelines are being started")
	require.NoError(t, r.Ready())
	t.Setenv("MSP_STATUS_ENDPOINT", r.listener.Addr().String())
	require.Equal(t, 0, Probe("", &out))
	require.Equal(t, 0, Probe(r.url+"/live", &out))
	require.Equal(t, 1, Probe("127.0.0.1:1", &out))
	require.Equal(t, 1, Probe("http://%", &out))
}

func TestProbePrintsTheWholeAnswer(t *testing.T) {
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	text := strings.Repeat("0123456789abcdef", 1<<16) // a MiB
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cut" {
			w.Header().Set("Content-Length", "2000000")
		}
		_, _ = w.Write([]byte(text))
	}))
	t.Cleanup(server.Close)
	var out strings.Builder
	require.Equal(t, 0, Probe(server.URL+"/api/v1/status", &out))
	require.Equal(t, text, out.String())

	out.Reset()
	require.Equal(t, 1, Probe(server.URL+"/cut", &out), "the connection was closed in the middle")
	require.Contains(t, out.String(), "probe: the answer is incomplete: unexpected EOF")
	require.Equal(t, 1, Probe(server.URL, full{}), "nobody can read it")
}

// full is what cannot be written to.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }
