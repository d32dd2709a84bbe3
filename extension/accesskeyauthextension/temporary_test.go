package accesskeyauthextension

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	shownstatus "github.com/msp-collector/msp-collector/components/status"
)

// A credentials server whose pairs live for two seconds: the pair is renewed ahead of expiry, and
// when the server fails the last one is used until it really ends, and not longer.
func TestTemporaryPairIsRenewedAndExpires(t *testing.T) {
	var broken atomic.Bool
	var issued atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if broken.Load() {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		_, _ = fmt.Fprintf(w, `{"AccessKeyId":"STS.%d","AccessKeySecret":"sesame","SecurityToken":"token","Expiration":%q}`,
			issued.Add(1), time.Now().Add(2*time.Second).UTC().Format(time.RFC3339Nano))
	}))
	t.Cleanup(server.Close)
	cfg := createDefaultConfig().(*Config)
	cfg.URI = configoptional.Some(URIConfig{URL: configopaque.String(server.URL)})
	r, h := startHosted(t, cfg)
	e := acceptingEverything(t)
	require.Equal(t, 200, r.post(t, e))

	cred, err := r.credential(context.Background())
	require.NoError(t, err)
	require.Equal(t, basic("STS.1", "sesame$token"), cred.header[0])
	require.Eventually(t, func() bool { return issued.Load() >= 3 }, 10*time.Second, time.Millisecond)
	r.waitFor(t, fmt.Sprintf("STS.%d", issued.Load()))
	_, err = r.credential(context.Background())
	require.NoError(t, err, "renewed before it ended")

	broken.Store(true)
	require.Eventually(t, func() bool { _, err := r.credential(context.Background()); return err != nil }, 10*time.Second, time.Millisecond)
	require.ErrorContains(t, credentialErr(r), "has expired at")
	require.ErrorContains(t, credentialErr(r), "500", "the cause is part of the error")
	require.Equal(t, shownstatus.PairMissing, r.Pair(e).State)
	require.Equal(t, int64(1), r.destinations.count(r.current.Load())[missing])
	require.Eventually(t, func() bool { return r.logs.FilterMessageSnippet("has ended and is not renewed").Len() == 1 }, 60*time.Second, time.Millisecond)
	// The status is reported after the line is logged.
	require.Eventually(t, func() bool { return h.last().Status() == componentstatus.StatusRecoverableError }, 60*time.Second, time.Millisecond)
	requireError(t, h.last(), "500")
	_, err = rpcCredentials{r.accessKeyAuth}.GetRequestMetadata(context.Background())
	require.Equal(t, codes.Unavailable, status.Code(err))

	broken.Store(false)
	require.Eventually(t, func() bool { _, err := r.credential(context.Background()); return err == nil }, 60*time.Second, time.Millisecond)
	require.Equal(t, shownstatus.PairUnknown, r.Pair(e).State, "not tried yet")
	require.Eventually(t, func() bool { return h.last().Status() == componentstatus.StatusOK }, 5*time.Second, time.Millisecond)
}

func acceptingEverything(t *testing.T) (url string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(server.Close)
	return server.URL
}

func credentialErr(r *rig) error {
	_, err := r.credential(context.Background())
	return err
}

func TestRPCCredentials(t *testing.T) {
	r := startRig(t, staticConfig(oldID), nil)
	rpc, err := r.PerRPCCredentials()
	require.NoError(t, err)
	require.True(t, rpc.RequireTransportSecurity())
	md, err := rpc.GetRequestMetadata(context.Background())
	require.NoError(t, err)
	require.Equal(t, map[string]string{"authorization": basic(oldID, secretOf(oldID))}, md)
	r.cfg.AllowPlaintextGRPC = true
	require.False(t, rpc.RequireTransportSecurity())
}
