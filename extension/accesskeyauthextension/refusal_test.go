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

// The key of a reader that is refused needs a reader's rights, and holds nothing.
func TestRefusedQueryIsNoRefusedDelivery(t *testing.T) {
	e, path := newEndpoint(t, oldID), keyPath(t)
	e.refusal = "denied by sts or ram, action: log:QueryMetrics"
	url := e.URL + "/prometheus/p/m/api/v1/query?query=up"
	writePair(t, path, oldID)
	r, h := startHosted(t, fileConfig(path))
	require.Equal(t, 200, r.post(t, url))
	require.Equal(t, [missing + 1]int64{}, r.destinations.count(r.current.Load()))
	h.next(t)

	writePair(t, path, newID)
	r.waitFor(t, newID)
	require.Equal(t, 200, r.post(t, url))
	told := r.logs.FilterMessage("New AccessKey pair is refused, queries go on with the previous one").All()
	require.Len(t, told, 1)
	require.Contains(t, told[0].ContextMap()["remedy"], "AliyunPrometheusMetricReadAccess")

	e.accept()
	require.Equal(t, 401, r.post(t, url))
	told = r.logs.FilterMessage("AccessKey pair refused by the endpoint: the RAM user has no permission to read this instance").All()
	require.Len(t, told, 1)
	require.Contains(t, told[0].ContextMap()["remedy"], "AliyunPrometheusMetricReadAccess")
	require.Equal(t, [missing + 1]int64{}, r.destinations.count(r.current.Load()))
	h.requireNone(t)
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
