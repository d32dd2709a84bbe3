package deliverystatusextension

import (
	"net/http"
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
