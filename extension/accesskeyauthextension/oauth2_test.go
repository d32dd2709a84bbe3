package accesskeyauthextension

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/diagnosis"
	"github.com/msp-collector/msp-collector/internal/secretfile/replacetest"
)

// tokens is a token endpoint that takes one secret, and answers with the token "of-" and that secret.
type tokens struct {
	*httptest.Server
	secret atomic.Pointer[string]
	asked  atomic.Int32
	form   atomic.Pointer[string]
}

func newTokens(t *testing.T, secret string, who *replacetest.Authority) *tokens {
	e := &tokens{}
	e.secret.Store(&secret)
	e.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.asked.Add(1)
		id, secret, _ := r.BasicAuth()
		form := r.FormValue("grant_type") + " " + r.FormValue("scope") + " " + r.FormValue("audience")
		e.form.Store(&form)
		w.Header().Set("Content-Type", "application/json")
		if id != "client" || secret != *e.secret.Load() {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = fmt.Fprintf(w, `{"error":"invalid_client","error_description":"no such client with %s"}`, secret)
			return
		}
		_, _ = fmt.Fprintf(w, `{"access_token":"of-%s","token_type":"bearer","expires_in":3600}`, secret)
	}))
	e.Config.ErrorLog = zap.NewStdLog(zap.NewNop())
	if who == nil {
		e.Start()
	} else {
		e.TLS = &tls.Config{Certificates: []tls.Certificate{who.Pair}, MinVersion: tls.VersionTLS12}
		e.StartTLS()
	}
	t.Cleanup(e.Close)
	return e
}

func oauth2Config(e *tokens, file string) *Config {
	cfg := createDefaultConfig().(*Config)
	cfg.CheckInterval = minCheckInterval
	cfg.OAuth2 = configoptional.Some(OAuth2Config{
		ClientID: "client", ClientSecretFile: file, TokenURL: e.URL + "/token?key=in-the-query", Scopes: []string{"write"},
		EndpointParams: map[string]configopaque.String{"audience": "metrics"},
	})
	return cfg
}

// The secret is replaced at the token endpoint and in the file: a token is asked for at once, though the last one is good for an hour.
func TestEveryWayOfReplacingAnOAuth2Secret(t *testing.T) {
	for _, way := range replacetest.Ways() {
		t.Run(way.Name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "secret")
			require.NoError(t, way.Write(path, "former-secret\n"))
			e, g := newTokens(t, "former-secret", nil), newGuarded(t, "Bearer of-former-secret")
			cfg := oauth2Config(e, path)
			require.NoError(t, cfg.Validate())
			r := startRig(t, cfg, nil)
			require.Equal(t, http.StatusOK, r.post(t, g.URL))
			require.Equal(t, "client_credentials write metrics", *e.form.Load())
			latest := "latest-secret"
			e.secret.Store(&latest)
			g.want("Bearer of-latest-secret")
			changed := r.PairChanged()
			require.NoError(t, way.Replace(path, latest, func() { r.load(t.Context()) }))
			select {
			case <-changed:
			case <-time.After(2 * time.Second):
				t.Fatal("not noticed within 2 s")
			}
			require.Equal(t, http.StatusOK, r.post(t, g.URL))
			require.Equal(t, diagnosis.OAuth2Token, r.Credential())
		})
	}
}

func TestARejectedOAuth2ClientIsExplained(t *testing.T) {
	path := fileOf(t, "wrong-secret")
	e, g := newTokens(t, "right-secret", nil), newGuarded(t, "Bearer of-right-secret")
	r := startRig(t, oauth2Config(e, path), nil)
	_, err := r.client.Get(g.URL)
	require.ErrorIs(t, err, diagnosis.ErrNoCredentials)
	require.ErrorContains(t, err, "rejects the OAuth2 client \"client\": 401 Unauthorized")
	require.ErrorContains(t, err, "invalid_client")
	finding := diagnosis.Of(diagnosis.Observation{URL: g.URL, Err: err, Credential: r.Credential()})
	require.Equal(t, "there is no OAuth2 access token to send with", finding.Cause)
	require.NoError(t, os.WriteFile(path, []byte("right-secret"), 0o600))
	require.Eventually(t, func() bool { return r.current.Load() != nil }, 2*time.Second, 5*time.Millisecond)
	require.Equal(t, http.StatusOK, r.post(t, g.URL))

	g.want("Bearer of another")
	require.Equal(t, http.StatusUnauthorized, r.post(t, g.URL))
	require.Len(t, r.logs.FilterMessage("OAuth2 access token rejected by the endpoint").All(), 1)
	for _, line := range r.logs.All() {
		text := fmt.Sprint(line.Message, line.ContextMap(), err)
		for _, secret := range []string{"wrong-secret", "right-secret", "in-the-query", "AccessKey"} {
			require.NotContains(t, text, secret)
		}
	}
}

// The CA of the token endpoint is replaced together with its certificate.
func TestTheTokenEndpointsCAIsReadAgain(t *testing.T) {
	wrong, right := replacetest.NewAuthority(t, "wrong"), replacetest.NewAuthority(t, "right")
	ca := fileOf(t, wrong.Cert)
	e := newTokens(t, "s3cret", right)
	cfg := oauth2Config(e, fileOf(t, "s3cret"))
	cfg.OAuth2.Get().TLS.CAFile = ca
	r := startRig(t, cfg, nil)
	require.Nil(t, r.current.Load())
	changed := r.PairChanged()
	require.NoError(t, os.WriteFile(ca, []byte(right.Cert), 0o600))
	select {
	case <-changed:
	case <-time.After(2 * time.Second):
		t.Fatal("not noticed within 2 s")
	}
}

func TestMistakesInOAuth2(t *testing.T) {
	for want, change := range map[string]func(*OAuth2Config){
		"client_id is missing":             func(o *OAuth2Config) { o.ClientID = "" },
		"token_url is not an http":         func(o *OAuth2Config) { o.TokenURL = "/token" },
		"client_secret and client_secret_": func(o *OAuth2Config) { o.ClientSecret = "topsecret" },
	} {
		cfg := oauth2Config(&tokens{Server: &httptest.Server{URL: "http://127.0.0.1:1"}}, "f")
		change(cfg.OAuth2.Get())
		err := cfg.Validate()
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "topsecret")
	}
}
