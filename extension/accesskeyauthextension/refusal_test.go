package accesskeyauthextension

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// A 403 for the key itself is a refusal like any other.
func TestForbiddenNewPairFallsBack(t *testing.T) {
	e, path := newEndpoint(t, oldID), keyPath(t)
	e.status, e.refusal = http.StatusForbidden, "Forbidden : There is a risk of leakage of this AccessKey."
	writePair(t, path, oldID)
	r := startRig(t, fileConfig(path), nil)
	require.Equal(t, 200, r.post(t, e.URL))
	writePair(t, path, newID)
	r.waitFor(t, newID)
	require.Equal(t, 200, r.post(t, e.URL))
	require.Equal(t, []string{oldID, newID, oldID}, e.ids())
	require.Equal(t, "key_leaked", r.Pair(e.URL).Refusal.Reason)

	e.accept()
	require.Equal(t, 403, r.post(t, e.URL))
	require.Equal(t, int64(1), r.destinations.count(r.current.Load())[refused])
}

// A quota says nothing of the pair: it does not send the request again.
func TestQuotaIsNoRefusal(t *testing.T) {
	e, path := newEndpoint(t, oldID), keyPath(t)
	e.status, e.refusal = http.StatusForbidden, `{"errorCode":"WriteQuotaExceed","errorMessage":"no"}`
	writePair(t, path, oldID)
	r := startRig(t, fileConfig(path), nil)
	require.Equal(t, 200, r.post(t, e.URL))
	writePair(t, path, newID)
	r.waitFor(t, newID)
	require.Equal(t, 403, r.post(t, e.URL))
	require.Equal(t, []string{oldID, newID}, e.ids())
	require.Zero(t, r.destinations.count(r.current.Load())[refused])
	require.Nil(t, r.Pair(e.URL).Refusal)
}
