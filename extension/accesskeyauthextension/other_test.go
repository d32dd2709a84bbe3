package accesskeyauthextension

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configoptional"

	"github.com/msp-collector/msp-collector/components/diagnosis"
	"github.com/msp-collector/msp-collector/internal/secretfile/replacetest"
)

// guarded answers 401 unless the Authorization header is the one it wants, and echoes what it got.
type guarded struct {
	*httptest.Server
	wants, got atomic.Pointer[string]
}

func newGuarded(t *testing.T, wants string) *guarded {
	g := &guarded{}
	g.want(wants)
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := r.Header.Get("Authorization")
		g.got.Store(&header)
		if header != *g.wants.Load() {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = fmt.Fprintf(w, "user not found: %s", header)
		}
	}))
	t.Cleanup(g.Close)
	return g
}

func (g *guarded) want(header string) { g.wants.Store(&header) }

func basicHeader(userinfo string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(userinfo))
}

func basicConfig(b BasicAuthConfig) *Config {
	cfg := createDefaultConfig().(*Config)
	cfg.BasicAuth, cfg.CheckInterval = configoptional.Some(b), minCheckInterval
	return cfg
}

func tokenConfig(a AuthorizationConfig) *Config {
	cfg := createDefaultConfig().(*Config)
	cfg.Authorization, cfg.CheckInterval = configoptional.Some(a), minCheckInterval
	return cfg
}

func fileOf(t *testing.T, content string) string {
	path := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// The right values are those that Prometheus sends.
func TestWhatIsSentIsWhatPrometheusSends(t *testing.T) {
	for name, c := range map[string]struct {
		cfg  *Config
		want string
	}{
		"password alone":      {basicConfig(BasicAuthConfig{Password: "glc_abc"}), basicHeader(":glc_abc")},
		"user alone":          {basicConfig(BasicAuthConfig{Username: "apikey-123"}), basicHeader("apikey-123:")},
		"user in a file":      {basicConfig(BasicAuthConfig{UsernameFile: fileOf(t, "tenant-1\n"), Password: "p"}), basicHeader("tenant-1:p")},
		"blank in the user":   {basicConfig(BasicAuthConfig{Username: "user name", Password: "p"}), basicHeader("user name:p")},
		"blanks around":       {basicConfig(BasicAuthConfig{Username: "u", Password: " p "}), basicHeader("u: p ")},
		"blank in the file":   {basicConfig(BasicAuthConfig{Username: "u", PasswordFile: fileOf(t, "s3 cret")}), basicHeader("u:s3 cret")},
		"blanks around file":  {basicConfig(BasicAuthConfig{Username: "u", PasswordFile: fileOf(t, "  s3cret \n\n")}), basicHeader("u:s3cret")},
		"tabs around file":    {basicConfig(BasicAuthConfig{Username: "u", PasswordFile: fileOf(t, "\ts3cret\t")}), basicHeader("u:s3cret")},
		"CR LF":               {basicConfig(BasicAuthConfig{Username: "u", PasswordFile: fileOf(t, "s3cret\r\n")}), basicHeader("u:s3cret")},
		"mark in both":        {basicConfig(BasicAuthConfig{UsernameFile: fileOf(t, "\ufeffu\n"), PasswordFile: fileOf(t, "\ufeffs3cret")}), basicHeader("u:s3cret")},
		"not ASCII":           {basicConfig(BasicAuthConfig{Username: "ü", Password: "密码"}), basicHeader("ü:密码")},
		"AccessKey elsewhere": {basicConfig(BasicAuthConfig{Username: "LTAI5tElsewhere", Password: " p"}), basicHeader("LTAI5tElsewhere: p")},
		"bearer":              {tokenConfig(AuthorizationConfig{Credentials: "t0ken"}), "Bearer t0ken"},
		"bearer in a file":    {tokenConfig(AuthorizationConfig{CredentialsFile: fileOf(t, "\ufeff t0ken \r\n")}), "Bearer t0ken"},
		"another type":        {tokenConfig(AuthorizationConfig{Type: "Token", CredentialsFile: fileOf(t, "t0ken\n")}), "Token t0ken"},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, c.cfg.Validate())
			g := newGuarded(t, c.want)
			r := startRig(t, c.cfg, nil)
			status := r.post(t, g.URL)
			require.Equal(t, c.want, *g.got.Load())
			require.Equal(t, http.StatusOK, status)
		})
	}
}

// (kind of file) x (way of replacing): the endpoint takes the new value only, and gets it.
func TestEveryWayOfReplacingEveryKindOfFile(t *testing.T) {
	const former, next = "former-secret", "latest-secret"
	for kind, c := range map[string]struct {
		cfg    func(path string) *Config
		header func(value string) string
	}{
		"password_file":    {func(path string) *Config { return basicConfig(BasicAuthConfig{Username: "u", PasswordFile: path}) }, func(v string) string { return basicHeader("u:" + v) }},
		"username_file":    {func(path string) *Config { return basicConfig(BasicAuthConfig{UsernameFile: path, Password: "p"}) }, func(v string) string { return basicHeader(v + ":p") }},
		"credentials_file": {func(path string) *Config { return tokenConfig(AuthorizationConfig{CredentialsFile: path}) }, func(v string) string { return "Bearer " + v }},
	} {
		for _, way := range replacetest.Ways() {
			t.Run(kind+" "+way.Name, func(t *testing.T) {
				t.Parallel()
				path := filepath.Join(t.TempDir(), "secret")
				require.NoError(t, way.Write(path, former))
				g := newGuarded(t, c.header(former))
				r := startRig(t, c.cfg(path), nil)
				require.Equal(t, http.StatusOK, r.post(t, g.URL))
				changed := r.PairChanged()
				require.NoError(t, way.Replace(path, next, func() {
					r.load(t.Context())
					if kind == "credentials_file" && way.Name == "empty first" {
						require.Equal(t, http.StatusOK, r.post(t, g.URL), "the last good value stays in use")
					}
				}))
				g.want(c.header(next))
				<-changed
				require.Eventually(t, func() bool { return r.post(t, g.URL) == http.StatusOK }, 2*time.Second, 5*time.Millisecond)
			})
		}
	}
}

// A rejection is explained without a word about AccessKeys, whatever the endpoint says, and without the secret.
func TestRejectionsAreExplainedInTheirOwnWords(t *testing.T) {
	for name, c := range map[string]struct {
		cfg        *Config
		kind       diagnosis.Credential
		line, text string
	}{
		"bearer":  {tokenConfig(AuthorizationConfig{CredentialsFile: fileOf(t, "topsecret")}), diagnosis.BearerToken, "Bearer token rejected by the endpoint", "the endpoint rejects the bearer token (401)"},
		"another": {tokenConfig(AuthorizationConfig{Type: "Splunk", Credentials: "topsecret"}), diagnosis.OtherAuthorization, "Credentials rejected by the endpoint", "the endpoint rejects the credentials (401)"},
		"basic":   {basicConfig(BasicAuthConfig{Username: "u", Password: "topsecret"}), diagnosis.UserPassword, "User name and password rejected by the endpoint", "the endpoint rejects the user name and password (401)"},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGuarded(t, "something else")
			r := startRig(t, c.cfg, nil)
			require.Equal(t, http.StatusUnauthorized, r.post(t, g.URL))
			require.Equal(t, c.kind, r.Credential())
			lines := r.logs.FilterMessage(c.line).All()
			require.Len(t, lines, 1)
			fields := lines[0].ContextMap()
			require.Equal(t, "credentials_rejected", fields["reason"])
			require.Equal(t, c.text, fields["cause"])
			require.Contains(t, fields["remedy"], "used within 2 s")
			for _, line := range r.logs.All() {
				text := fmt.Sprint(line.Message, line.ContextMap())
				require.NotContains(t, text, "AccessKey")
				require.NotContains(t, text, "access_key")
				require.NotContains(t, text, "topsecret")
				require.NotContains(t, text, base64.StdEncoding.EncodeToString([]byte("u:topsecret")))
			}
		})
	}
}

// An AccessKey pair on a custom domain keeps the words of one, and is checked, but not refused.
func TestAnAccessKeyOfAnotherHostIsDoubtedOnly(t *testing.T) {
	r := startRig(t, basicConfig(BasicAuthConfig{Username: "LTAI5tElsewhere", Password: "with blank"}), nil)
	warnings := r.logs.FilterMessageSnippet("needs attention").All()
	require.Len(t, warnings, 1)
	require.Contains(t, warnings[0].ContextMap()["warning"], "white space")
	r = startRig(t, basicConfig(BasicAuthConfig{Username: "LTAI5tElsewhere", Password: "right"}), nil)
	require.Equal(t, diagnosis.AccessKeyPair, r.Credential())
	require.Empty(t, r.logs.FilterMessageSnippet("needs attention").All())
}

func TestMistakesInOtherCredentials(t *testing.T) {
	for want, cfg := range map[string]*Config{
		"basic_auth: set username":           basicConfig(BasicAuthConfig{}),
		"username and username_file exclude": basicConfig(BasicAuthConfig{Username: "u", UsernameFile: "f"}),
		"password and password_file exclude": basicConfig(BasicAuthConfig{Password: "topsecret", PasswordFile: "f"}),
		"holds a colon":                      basicConfig(BasicAuthConfig{Username: "a:b", Password: "topsecret"}),
		"the password holds a control":       basicConfig(BasicAuthConfig{Username: "a", Password: "topsecret\n"}),
		"the password is still a placehold":  basicConfig(BasicAuthConfig{Username: "a", Password: "<topsecret>"}),
		"authorization: set credentials":     tokenConfig(AuthorizationConfig{}),
		"credentials and credentials_file":   tokenConfig(AuthorizationConfig{Credentials: "topsecret", CredentialsFile: "f"}),
		"for Basic use basic_auth":           tokenConfig(AuthorizationConfig{Type: "basic", Credentials: "topsecret"}),
		"type is one word":                   tokenConfig(AuthorizationConfig{Type: "a b", Credentials: "topsecret"}),
		"the bearer token holds a control":   tokenConfig(AuthorizationConfig{Credentials: "topsecret\r\nX: y"}),
	} {
		err := cfg.Validate()
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "topsecret")
	}
}

func TestAMissingFileIsWaitedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	r := startRig(t, tokenConfig(AuthorizationConfig{CredentialsFile: path}), nil)
	_, err := r.client.Get("http://127.0.0.1:1")
	require.ErrorIs(t, err, diagnosis.ErrNoCredentials)
	require.ErrorContains(t, err, path)
	require.NotContains(t, err.Error(), "AccessKey")
	require.Len(t, r.logs.FilterMessage("No bearer token yet, requests wait for it").All(), 1)
	g := newGuarded(t, "Bearer t0ken")
	require.NoError(t, os.WriteFile(path, []byte("t0ken"), 0o600))
	<-r.PairChanged()
	require.Equal(t, http.StatusOK, r.post(t, g.URL))
}
