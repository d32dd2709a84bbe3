package sts

import (
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRRSARequest(t *testing.T) {
	var got url.Values
	server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, http.MethodPost, r.Method)
		assert.Empty(t, r.URL.RawQuery, "a query ends up in access logs")
		assert.NoError(t, r.ParseForm())
		got = r.PostForm
		answering(http.StatusOK, goodFields().encode(true)).ServeHTTP(w, r)
	}))
	s := newTestRRSA(t, server.URL, writeToken(t, testOIDC))
	s.now = func() time.Time { return time.Date(2026, 5, 6, 7, 8, 9, 0, time.FixedZone("", 3600)) }
	p, err := s.Load(t.Context())
	require.NoError(t, err)
	assert.Equal(t, `RRSA role "`+testRoleARN+`"`, p.Source)

	assert.Len(t, got.Get("SignatureNonce"), 26)
	first := got.Get("SignatureNonce")
	got.Del("SignatureNonce")
	assert.Equal(t, url.Values{
		"Action": {"AssumeRoleWithOIDC"}, "Version": {"2015-04-01"}, "Format": {"JSON"},
		"RoleArn": {testRoleARN}, "OIDCProviderArn": {"acs:ram::1234567890123456:oidc-provider/ack-rrsa-c1"},
		"OIDCToken": {testOIDC}, "RoleSessionName": {"msp-collector"}, "DurationSeconds": {"3600"},
		"Timestamp": {"2026-05-06T06:08:09Z"},
	}, got)

	_, err = s.Load(t.Context())
	require.NoError(t, err)
	assert.NotEqual(t, first, got.Get("SignatureNonce"))
}

func TestRRSAReadsTheTokenAtEachLoad(t *testing.T) {
	var tokens []string
	server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tokens = append(tokens, r.PostFormValue("OIDCToken"))
		answering(http.StatusOK, goodFields().encode(true)).ServeHTTP(w, r)
	}))
	// The kubelet writes a new folder and swaps the ..data link that the token's link points through.
	dir := t.TempDir()
	path := filepath.Join(dir, "token")
	require.NoError(t, os.Symlink(filepath.Join("..data", "token"), path))
	s := newTestRRSA(t, server.URL, path)
	for _, token := range []string{"first-token", "second-token"} {
		version := filepath.Join(dir, "..v-"+token)
		require.NoError(t, os.Mkdir(version, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(version, "token"), []byte(token), 0o600))
		require.NoError(t, os.Symlink(filepath.Base(version), filepath.Join(dir, "..tmp")))
		require.NoError(t, os.Rename(filepath.Join(dir, "..tmp"), filepath.Join(dir, "..data")))
		_, err := s.Load(t.Context())
		require.NoError(t, err)
	}
	assert.Equal(t, []string{"first-token", "second-token"}, tokens)
}

func TestRRSATokenFileFailures(t *testing.T) {
	server := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("STS asked without a token") }))
	for name, tc := range map[string]struct{ path, want string }{
		"missing":   {filepath.Join(t.TempDir(), "token"), "no such file"},
		"a folder":  {t.TempDir(), "is a directory"},
		"empty":     {writeToken(t, " "), "is empty"},
		"two lines": {writeToken(t, testOIDC+"\n"+testOIDC), "white space"},
		"oversized": {writeToken(t, strings.Repeat(testOIDC, maxTokenFile/len(testOIDC)+1)), "larger than 64 KiB"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newTestRRSA(t, server.URL, tc.path).Load(t.Context())
			requireSafe(t, err)
			assert.ErrorContains(t, err, tc.want)
			assert.ErrorContains(t, err, tc.path)
			assert.ErrorContains(t, err, "sts.aliyuncs.com")
		})
	}
}

func TestRRSARefusals(t *testing.T) {
	parts := strings.Split(testOIDC, ".")
	for _, tc := range []struct {
		status     int
		code, want string
	}{
		{400, "AuthenticationFail.OIDCToken.Expired", "token is fresh"},
		{403, "AuthenticationFail.NoPermission", "trust policy"},
		{404, "EntityNotExist.Role", "check the role ARN"},
		{400, "InvalidParameter.OIDCProviderArn", "OIDC provider ARN"},
		{400, "InvalidParameter.DurationSeconds", "lower duration"},
		{429, "Throttling.User", "limits the rate"},
		{500, "InternalError", "STS failed"},
	} {
		t.Run(tc.code, func(t *testing.T) {
			body := fields{"Code": tc.code, "RequestId": "R-3", "HostId": "sts.aliyuncs.com",
				"Message": "token " + testOIDC + " or " + parts[1] + " is bad"}.encode(false)
			_, err := newTestRRSA(t, serve(t, answering(tc.status, body)).URL, writeToken(t, testOIDC)).Load(t.Context())
			requireSafe(t, err)
			for _, want := range []string{testRoleARN, tc.code + ": token [REDACTED] or [REDACTED] is bad (request id R-3)", tc.want} {
				assert.ErrorContains(t, err, want)
			}
		})
	}
}

func TestRRSAOverTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(answering(http.StatusOK, goodFields().encode(true)))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it logs the refused handshake
	server.StartTLS()
	defer server.Close()
	s := newTestRRSA(t, server.URL, writeToken(t, testOIDC))
	_, err := s.Load(t.Context())
	requireSafe(t, err)
	require.ErrorAs(t, err, &x509.UnknownAuthorityError{})

	s.transport.(*http.Transport).TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	_, err = s.Load(t.Context())
	require.NoError(t, err)
}
