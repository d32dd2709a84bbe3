package accesskeyauthextension

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
)

const (
	oldID = "LTAIoldoldoldoldoldold01"
	newID = "LTAInewnewnewnewnewnew02"
)

func TestRequestCarriesPairAndBody(t *testing.T) {
	e := newEndpoint(t, oldID)
	r := startRig(t, staticConfig(oldID), nil)
	require.Equal(t, 200, r.post(t, e.URL))
	require.Equal(t, []string{"samples"}, e.accepted)
}

func TestRoundTripLeavesRequestAlone(t *testing.T) {
	e := newEndpoint(t, oldID)
	r := startRig(t, staticConfig(oldID), nil)
	req, err := http.NewRequest(http.MethodPost, e.URL, strings.NewReader("samples"))
	require.NoError(t, err)
	resp, err := r.client.Transport.RoundTrip(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Empty(t, req.Header)
}

func TestRefusedRequestIsReplayedWithPairReadAtOnce(t *testing.T) {
	e, path := newEndpoint(t, oldID), keyPath(t)
	writePair(t, path, oldID)
	cfg := fileConfig(path)
	cfg.CheckInterval = time.Hour // only the 401 can bring the new pair
	r := startRig(t, cfg, nil)
	require.Equal(t, 200, r.post(t, e.URL))

	e.accept(newID)
	writePair(t, path, newID)
	require.Equal(t, 200, r.post(t, e.URL))
	require.Equal(t, []string{oldID, oldID, newID}, e.ids())
	require.Equal(t, []string{"samples", "samples"}, e.accepted)
}

func TestNewPairRefusedFallsBackUntilAccepted(t *testing.T) {
	e, path := newEndpoint(t, oldID), keyPath(t)
	writePair(t, path, oldID)
	r := startRig(t, fileConfig(path), nil)
	require.Equal(t, 200, r.post(t, e.URL))

	writePair(t, path, newID)
	r.waitFor(t, newID)
	require.Equal(t, 200, r.post(t, e.URL), "replayed with the previous pair")
	require.Equal(t, 200, r.post(t, e.URL))
	require.Equal(t, []string{oldID, newID, oldID, oldID}, e.ids(), "the refused pair waits for its back-off")
	require.Len(t, r.logs.FilterMessage("New AccessKey pair is refused, delivery goes on with the previous one").All(), 1)

	e.accept(newID) // the old key is disabled, the new one enabled
	require.Equal(t, 200, r.post(t, e.URL), "the refused fallback makes the new pair be tried at once")
	require.Equal(t, 200, r.post(t, e.URL))
	require.Equal(t, []string{oldID, newID, newID}, e.ids()[4:])
}

func TestNoFallbackWhenSwitchedOff(t *testing.T) {
	e, path := newEndpoint(t, oldID), keyPath(t)
	writePair(t, path, oldID)
	cfg := fileConfig(path)
	cfg.FallbackFor = 0
	r := startRig(t, cfg, nil)
	require.Equal(t, 200, r.post(t, e.URL))
	writePair(t, path, newID)
	r.waitFor(t, newID)
	require.Equal(t, 401, r.post(t, e.URL))
	require.Equal(t, []string{oldID, newID}, e.ids())
}

func TestFallbackSurvivesReloadAndIsPerDestination(t *testing.T) {
	mem := newMemory()
	known := mem.destinations(component.MustNewID("accesskey_auth"))
	both, oldOnly := newEndpoint(t, oldID, newID), newEndpoint(t, oldID)
	first := startRig(t, staticConfig(oldID), known)
	require.Equal(t, 200, first.post(t, both.URL))
	require.Equal(t, 200, first.post(t, oldOnly.URL))

	second := startRig(t, staticConfig(newID), known)
	require.Equal(t, 200, second.post(t, both.URL))
	require.Equal(t, 200, second.post(t, oldOnly.URL))
	require.Equal(t, []string{oldID, newID}, both.ids())
	require.Equal(t, []string{oldID, newID, oldID}, oldOnly.ids())
}

func TestRefusalIsToldOnceWithCauseAndRemedyAndPassedOn(t *testing.T) {
	e := newEndpoint(t)
	e.refusal = `{"errorCode":"Unauthorized","errorMessage":"AccessKeyId is disabled, you sent ` + secretOf(oldID) + `"}`
	r := startRig(t, staticConfig(oldID), nil)
	for range 3 {
		resp, err := r.client.Post(e.URL, "text/plain", strings.NewReader("samples"))
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, 401, resp.StatusCode)
		require.Equal(t, strings.ReplaceAll(e.refusal, secretOf(oldID), redacted), string(body), "the answer goes back")
	}
	logs := r.logs.FilterMessage("AccessKey pair refused by the endpoint: the AccessKey is disabled").All()
	require.Len(t, logs, 1)
	fields := logs[0].ContextMap()
	require.Equal(t, "LTAI****ld01", fields["access_key_id"])
	require.Contains(t, fields["remedy"], "RAM console")
	require.NotContains(t, fields["answer"], secretOf(oldID))

	e.accept(oldID)
	require.Equal(t, 200, r.post(t, e.URL))
	require.Len(t, r.logs.FilterMessage("AccessKey pair accepted").All(), 1, "and not once per request")
}

func TestRedirectIsNotFollowed(t *testing.T) {
	e := newEndpoint(t, oldID)
	redirector := httptest.NewServer(http.RedirectHandler(e.URL+"/elsewhere", http.StatusTemporaryRedirect))
	t.Cleanup(redirector.Close)
	r := startRig(t, staticConfig(oldID), nil)
	_, err := r.client.Post(redirector.URL, "text/plain", strings.NewReader("samples"))
	require.ErrorIs(t, err, errRedirect)
	_, err = r.client.Post(redirector.URL, "text/plain", strings.NewReader("samples"))
	require.ErrorIs(t, err, errRedirect)
	require.Empty(t, e.ids())
	told := r.logs.FilterMessage("Nothing can be sent to the endpoint as it is configured").All()
	require.Len(t, told, 1)
	require.Equal(t, redirector.URL, told[0].ContextMap()["endpoint"])
}

func TestRequestsWaitForAMissingFile(t *testing.T) {
	e, path := newEndpoint(t, oldID), keyPath(t)
	r := startRig(t, fileConfig(path), nil)
	_, err := r.client.Post(e.URL, "text/plain", strings.NewReader("samples"))
	require.ErrorContains(t, err, "file does not exist: create it")
	changed := r.PairChanged()
	writePair(t, path, oldID)
	<-changed
	require.Equal(t, 200, r.post(t, e.URL))
}

func TestBadFileKeepsLastGoodPair(t *testing.T) {
	e, path := newEndpoint(t, oldID), keyPath(t)
	writePair(t, path, oldID)
	r := startRig(t, fileConfig(path), nil)
	bad := []string{"", `{"AccessKeyId":"` + newID, `{"AccessKeyId":"` + newID + `","AccessKeySecret":""}`}
	for i, content := range bad {
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		require.Eventually(t, func() bool {
			return r.logs.FilterMessage("AccessKey pair cannot be read again, the last good one stays in use").Len() > i
		}, 5*time.Second, time.Millisecond)
		require.Equal(t, 200, r.post(t, e.URL))
	}
	writePair(t, path, newID)
	r.waitFor(t, newID)
}

func TestCredentialsInTheURLAreRefused(t *testing.T) {
	e := newEndpoint(t, oldID)
	r := startRig(t, staticConfig(oldID), nil)
	_, err := r.client.Post(strings.Replace(e.URL, "://", "://user:sesame@", 1), "text/plain", strings.NewReader("samples"))
	require.ErrorIs(t, err, errURLCredentials)
	require.NotContains(t, err.Error(), "sesame")
	require.Empty(t, e.ids())
}
