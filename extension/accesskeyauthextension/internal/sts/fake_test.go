package sts

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
)

// Nothing of these but the id may ever show up in an error.
const (
	testID       = "STS.NTtestid00000001"
	testSecret   = "S3CR3T-of-thirty-characters-xx"
	testToken    = "T0K3N-security-token-of-the-pair"
	testMetadata = "M3TAD4TA-token-of-the-instance=="
	testOIDC     = "0IDC-header-0123456789.0IDC-payload-0123456789.0IDC-signature-0123456789"
	testRole     = "collector-role"
	testRoleARN  = "acs:ram::1234567890123456:role/collector"
)

type loader interface {
	Load(context.Context) (accesskey.Pair, error)
}

// testSource makes a loader whose last request, the one for the pair, is answered by the handler.
type testSource struct {
	name   string
	nested bool
	make   func(t *testing.T, h http.Handler) loader
}

var testSources = []testSource{
	{name: "ecs_ram_role", make: func(t *testing.T, h http.Handler) loader {
		return newTestECS(t, &metadataServer{credentials: h}, testRole)
	}},
	{name: "rrsa", nested: true, make: func(t *testing.T, h http.Handler) loader {
		return newTestRRSA(t, serve(t, h).URL, writeToken(t, testOIDC))
	}},
	{name: "uri", make: func(t *testing.T, h http.Handler) loader {
		return newTestURI(t, serve(t, h).URL+"/pair")
	}},
}

func serve(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server
}

// metadataServer behaves like the metadata service in hardened-only mode: no token, no answer.
type metadataServer struct {
	credentials http.Handler
	roles       string // body of the role list; "" is answered 404, as without a role
	tokenStatus int    // instead of handing out a token
	token       string // instead of testMetadata
}

func (m *metadataServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == tokenPath && r.Method == http.MethodPut && r.Header.Get(tokenTTLHeader) != "":
		m.serveToken(w)
	case r.Header.Get(tokenHeader) != testMetadata:
		http.Error(w, testSecret, http.StatusForbidden)
	case r.URL.Path == rolePath && m.roles != "":
		_, _ = fmt.Fprint(w, m.roles)
	case r.URL.Path == rolePath+testRole && m.credentials != nil:
		m.credentials.ServeHTTP(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (m *metadataServer) serveToken(w http.ResponseWriter) {
	if m.tokenStatus != 0 {
		http.Error(w, testSecret, m.tokenStatus)
		return
	}
	if m.token != "" {
		_, _ = fmt.Fprint(w, m.token)
		return
	}
	_, _ = fmt.Fprint(w, testMetadata)
}

func newTestECS(t *testing.T, m *metadataServer, role string) *ECSRole {
	t.Helper()
	s, err := NewECSRole(ECSRoleSettings{RoleName: role, Endpoint: serve(t, m).URL})
	require.NoError(t, err)
	return s
}

func newTestRRSA(t *testing.T, endpoint, tokenFile string) *RRSA {
	t.Helper()
	s, err := NewRRSA(RRSASettings{
		RoleARN: testRoleARN, ProviderARN: "acs:ram::1234567890123456:oidc-provider/ack-rrsa-c1",
		TokenFile: tokenFile, Endpoint: endpoint, Getenv: env(nil),
	})
	require.NoError(t, err)
	return s
}

func newTestURI(t *testing.T, url string) *URI {
	t.Helper()
	s, err := NewURI(URISettings{URL: url, Getenv: env(nil)})
	require.NoError(t, err)
	return s
}

func env(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

func writeToken(t *testing.T, token string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(path, []byte(token+"\n"), 0o600))
	return path
}

// fields is an answer; nil values are left out.
type fields map[string]any

func goodFields() fields {
	return fields{
		"AccessKeyId": testID, "AccessKeySecret": testSecret, "SecurityToken": testToken,
		"Expiration": time.Now().Add(time.Hour).UTC().Format(time.RFC3339),
	}
}

func (f fields) with(key string, value any) fields {
	f[key] = value
	return f
}

func (f fields) without(key string) fields {
	delete(f, key)
	return f
}

// encode writes the answer as the source spells it; Code, Message and RequestId are always at the top.
func (f fields) encode(nested bool) []byte {
	top := any(f)
	if nested {
		outer := fields{}
		for _, key := range []string{"Code", "Message", "RequestId"} {
			if v, ok := f[key]; ok {
				outer[key] = v
			}
		}
		top = outer.with("Credentials", f)
	}
	body, err := json.Marshal(top)
	if err != nil {
		panic(err)
	}
	return body
}

func answering(status int, body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write(body)
	})
}

// requireSafe checks an error's every rendering, and those of all it wraps.
func requireSafe(t *testing.T, err error) {
	t.Helper()
	require.Error(t, err)
	parts := []string{testSecret, testToken, testMetadata, testOIDC, "0IDC-header", "0IDC-payload", "0IDC-signature"}
	parts = append(parts, url.QueryEscape(testMetadata))
	for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)} {
		for _, part := range parts {
			assert.NotContains(t, text, part)
		}
	}
}
