package accesskeyauthextension

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"

	"github.com/msp-collector/msp-collector/components/status"
)

// What people are shown follows the pair through a rotation that goes wrong, and never holds a secret.
func TestPairAsItIsShown(t *testing.T) {
	e, path := newEndpoint(t, oldID), keyPath(t)
	r := startRig(t, fileConfig(path), nil)
	pair := func() status.Pair {
		shown := r.Pair(e.URL)
		text, err := json.Marshal(shown)
		require.NoError(t, err)
		require.NotContains(t, string(text), "secret-of")
		return shown
	}
	require.Equal(t, status.PairMissing, pair().State)
	require.Contains(t, pair().Problem, path)

	writePair(t, path, oldID)
	r.waitFor(t, oldID)
	require.Equal(t, status.PairUnknown, pair().State)
	require.Equal(t, 200, r.post(t, e.URL))
	shown := pair()
	require.Equal(t, status.PairAccepted, shown.State)
	require.Equal(t, "LTAI****ld01", shown.ID)
	require.Contains(t, shown.Source, path)
	require.Empty(t, shown.Problem)
	require.WithinDuration(t, time.Now(), shown.LastRead, time.Minute)

	require.Nil(t, shown.Refusal)

	e.refusal = "AccessKeyId is disabled: " + newID
	writePair(t, path, newID)
	r.waitFor(t, newID)
	require.Equal(t, status.PairUnknown, pair().State, "the new pair was not tried yet")
	require.Equal(t, 200, r.post(t, e.URL))
	shown = pair()
	require.Equal(t, status.PairFallback, shown.State)
	require.Equal(t, "LTAI****ld01", shown.ID)
	require.Equal(t, "LTAI****ew02", shown.RefusedID)
	require.True(t, shown.Until.After(time.Now()))
	require.Equal(t, "key_disabled", shown.Refusal.Reason)
	require.Contains(t, shown.Refusal.Remedy, "enable it again")
	require.WithinDuration(t, time.Now(), shown.Refusal.At, time.Minute)

	e.accept()
	require.Equal(t, 401, r.post(t, e.URL))
	require.Equal(t, status.PairRefused, pair().State)
	require.Equal(t, "key_disabled", pair().Refusal.Reason)
	require.Equal(t, status.PairUnknown, r.Pair(e.URL+"/elsewhere").State, "another instance may accept it")

	require.NoError(t, os.Remove(path))
	require.Eventually(t, func() bool { return pair().Problem != "" }, 10*time.Second, time.Millisecond)
	require.Equal(t, "LTAI****ew02", pair().ID, "the last good pair stays in use")
}

// A token without an end does not mean that the pair goes on for ever.
func TestTemporaryPairOfUnknownEndIsShownAsSuch(t *testing.T) {
	cfg := staticConfig(oldID)
	require.False(t, startRig(t, cfg, nil).Pair("https://h").Temporary)
	cfg.Static.Get().SecurityToken = "token"
	shown := startRig(t, cfg, nil).Pair("https://h")
	require.True(t, shown.Temporary)
	require.Zero(t, shown.Expiry)
}

// A reload does not forget why the new pair is refused, which it is not tried again to find out.
func TestRefusalIsKnownAfterAReload(t *testing.T) {
	e := newEndpoint(t, oldID)
	e.refusal = "AccessKeyId is disabled"
	known := newMemory()
	place := component.MustNewID("accesskey_auth")
	require.Equal(t, 200, startRig(t, staticConfig(oldID), known.destinations(place)).post(t, e.URL))
	require.Equal(t, 200, startRig(t, staticConfig(newID), known.destinations(place)).post(t, e.URL))

	r := startRig(t, staticConfig(newID), known.destinations(place))
	require.Equal(t, 200, r.post(t, e.URL))
	require.Equal(t, oldID, e.ids()[len(e.ids())-1], "not tried again yet")
	require.Equal(t, "key_disabled", r.Pair(e.URL).Refusal.Reason)
	told := r.logs.FilterMessage("New AccessKey pair is refused, delivery goes on with the previous one").All()
	require.Len(t, told, 1)
	require.Equal(t, "the AccessKey is disabled", told[0].ContextMap()["cause"])

	e.accept(newID)
	require.Equal(t, 200, r.post(t, e.URL))
	require.Nil(t, r.Pair(e.URL).Refusal)
}
