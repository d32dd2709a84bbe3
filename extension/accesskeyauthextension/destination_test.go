package accesskeyauthextension

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/extension/extensiontest"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
)

func credentialOf(id string, expiry time.Time) *credential {
	return newCredential(accesskey.Pair{AccessKeyID: id, AccessKeySecret: configopaque.String(secretOf(id)), Expiry: expiry},
		true, time.Time{})
}

// A slow answer to a pair of two rotations ago must not make it the fallback.
func TestLateAcceptanceDoesNotMoveTheProofBackwards(t *testing.T) {
	a, b, c := credentialOf("a", time.Time{}), credentialOf("b", time.Time{}), credentialOf("c", time.Time{})
	d := &destination{}
	now := time.Now()
	d.accept(a, a, now)
	d.accept(b, b, now)
	_, news := d.accept(a, b, now)
	require.False(t, news)
	d.refuse(c, c, &refusal{at: now})
	require.Same(t, b, d.alternative(c, c, time.Hour, now))
}

func TestExpiredPairIsNoFallback(t *testing.T) {
	now := time.Now()
	old, next := credentialOf("old", now.Add(time.Minute)), credentialOf("new", time.Time{})
	d := &destination{}
	d.accept(old, old, now)
	d.refuse(next, next, &refusal{at: now})
	require.Same(t, old, d.choose(next, time.Hour, now))
	require.Same(t, next, d.choose(next, time.Hour, now.Add(2*time.Minute)))
	require.Nil(t, d.alternative(next, next, time.Hour, now.Add(2*time.Minute)))
}

func TestFallbackEndsAfterFallbackForEvenAcrossReloads(t *testing.T) {
	now := time.Now()
	old, next := credentialOf("old", time.Time{}), credentialOf("new", time.Time{})
	mem, id := newMemory(), component.MustNewID("accesskey_auth")
	u := &url.URL{Scheme: "https", Host: "h", Path: "/p"}
	d := mem.destinations(id).of(u)
	d.accept(old, old, now)
	d.refuse(next, next, &refusal{at: now})
	d = mem.destinations(id).of(u)                                // a new instance after a reload
	d.refuse(next, next, &refusal{at: now.Add(30 * time.Minute)}) // tries again
	require.Same(t, old, d.alternative(next, next, time.Hour, now.Add(59*time.Minute)))
	require.Nil(t, d.alternative(next, next, time.Hour, now.Add(time.Hour)))
}

// The collector makes its factories anew at each configuration reload.
func TestProofSurvivesTheFactory(t *testing.T) {
	u := &url.URL{Scheme: "https", Host: "h", Path: t.Name()}
	place := func() *destination {
		factory := NewFactory()
		set := extensiontest.NewNopSettings(factory.Type())
		set.ID = component.MustNewIDWithName("accesskey_auth", "reloaded")
		ext, err := factory.Create(context.Background(), set, staticConfig(oldID))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, ext.Shutdown(context.Background())) })
		return ext.(*accessKeyAuth).destinations.of(u)
	}
	before, after := place(), place()
	require.Same(t, before, after)
}

func TestReplacementPairThatIsRefusedTooIsTold(t *testing.T) {
	e, path := newEndpoint(t), keyPath(t)
	e.refusal = "AccessKeyId is disabled"
	writePair(t, path, oldID)
	r := startRig(t, fileConfig(path), nil)
	require.Equal(t, 401, r.post(t, e.URL))
	writePair(t, path, newID)
	r.waitFor(t, newID)
	e.refusal = "denied by sts or ram, action: log:PostLogStoreLogs"
	require.Equal(t, 401, r.post(t, e.URL))
	require.Equal(t, 401, r.post(t, e.URL))
	logs := r.logs.FilterMessage("AccessKey pair refused by the endpoint: the RAM user has no permission to write to this instance").All()
	require.Len(t, logs, 1)
	require.Equal(t, "LTAI****ew02", logs[0].ContextMap()["access_key_id"])
}

// Metrics speak of the pair in use: right after a rotation nobody has tried it.
func TestStateIsUnknownUntilTheNewPairWasTried(t *testing.T) {
	e, path := newEndpoint(t, oldID, newID), keyPath(t)
	writePair(t, path, oldID)
	r := startRig(t, fileConfig(path), nil)
	require.Equal(t, 200, r.post(t, e.URL))
	require.Equal(t, int64(1), r.destinations.count(r.current.Load())[accepted])
	writePair(t, path, newID)
	r.waitFor(t, newID)
	require.Equal(t, int64(1), r.destinations.count(r.current.Load())[unknown])
	require.Equal(t, 200, r.post(t, e.URL))
	require.Equal(t, int64(1), r.destinations.count(r.current.Load())[accepted])
	require.Equal(t, 2, r.logs.FilterMessage("AccessKey pair accepted").Len())
}

// An issuer that prolongs the same pair must not let it expire here.
func TestProlongedPairIsKept(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = fmt.Fprintf(w, `{"AccessKeyId":"same","AccessKeySecret":"sesame","Expiration":%q}`,
			time.Now().Add(2*time.Second).UTC().Format(time.RFC3339Nano))
	}))
	t.Cleanup(server.Close)
	cfg := createDefaultConfig().(*Config)
	cfg.URI = configoptional.Some(URIConfig{URL: configopaque.String(server.URL)})
	r := startRig(t, cfg, nil)
	first := r.current.Load().pair.Expiry
	require.Eventually(t, func() bool { return time.Now().After(first) }, 10*time.Second, time.Millisecond)
	_, err := r.credential(context.Background())
	require.NoError(t, err)
	require.Greater(t, asked.Load(), int64(1))
	require.Zero(t, r.logs.FilterMessage("AccessKey pair rotated").Len())
}
