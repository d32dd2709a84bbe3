package replacetest

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// Kind is a kind of file of a destination. Files has the content by file name, and Header is what is sent.
type Kind struct {
	Name   string
	Entry  string // keys of a remote_write entry; FOLDER stands for the folder of the files, TOKENS for the URL of the token endpoint
	Files  func(v *Value) map[string]string
	Header func(v *Value) string
	TLS    bool
}

// Value is what the files of a destination hold.
type Value struct {
	Secret string
	Who    *Authority
}

// Kinds returns all of them.
func Kinds() []*Kind {
	return []*Kind{
		{Name: "credentials_file", Entry: "authorization: {credentials_file: FOLDER/secret}",
			Files: oneSecret, Header: func(v *Value) string { return "Bearer " + v.Secret }},
		{Name: "password_file", Entry: "basic_auth: {username: u, password_file: FOLDER/secret}",
			Files: oneSecret, Header: func(v *Value) string {
				return "Basic " + base64.StdEncoding.EncodeToString([]byte("u:"+v.Secret))
			}},
		{Name: "client_secret_file", Entry: "oauth2: {client_id: c, client_secret_file: FOLDER/secret, token_url: TOKENS}",
			Files: oneSecret, Header: func(v *Value) string { return "Bearer of-" + v.Secret }},
		{Name: "ca_file, cert_file and key_file", Entry: "tls_config: {ca_file: FOLDER/ca.crt, cert_file: FOLDER/tls.crt, key_file: FOLDER/tls.key}", TLS: true,
			Files: func(v *Value) map[string]string {
				return map[string]string{"ca.crt": v.Who.Cert, "tls.crt": v.Who.Cert, "tls.key": v.Who.Key}
			}, Header: func(*Value) string { return "" }},
	}
}

func oneSecret(v *Value) map[string]string { return map[string]string{"secret": v.Secret} }

// StartTokens starts a token endpoint that accepts these client secrets, and returns its URL.
func StartTokens(t *testing.T, secrets ...string) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, secret, _ := r.BasicAuth()
		for _, valid := range secrets {
			if secret == valid {
				w.Header().Set("Content-Type", "application/json")
				_, _ = fmt.Fprintf(w, `{"access_token":"of-%s","token_type":"Bearer","expires_in":3600}`, secret) //nolint:gosec // JSON for a test's client
				return
			}
		}
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":"invalid_client"}`)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/token"
}
