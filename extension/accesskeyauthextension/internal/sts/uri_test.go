package sts

import (
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestURIOfAPermanentPair(t *testing.T) {
	body := goodFields().without("SecurityToken").without("Expiration").encode(false)
	server := serve(t, answering(http.StatusOK, body))
	s, err := NewURI(URISettings{Getenv: env(map[string]string{envURI: server.URL + "/pair?key=" + testSecret})})
	require.NoError(t, err)
	p, err := s.Load(t.Context())
	require.NoError(t, err)
	assert.Equal(t, testSecret, string(p.AccessKeySecret))
	assert.Empty(t, string(p.SecurityToken))
	assert.True(t, p.Expiry.IsZero())
	assert.Equal(t, server.URL+"/pair", p.Source, "the query may be secret")
}

func TestURISendsUserAndQuery(t *testing.T) {
	server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		assert.Equal(t, "me", user)
		assert.Equal(t, testSecret, password)
		assert.Equal(t, testToken, r.URL.Query().Get("key"))
		body := fields{"Code": "Denied", "Message": "not " + testSecret + " nor " + r.URL.RawQuery}.encode(false)
		answering(http.StatusForbidden, body).ServeHTTP(w, r)
	}))
	u, err := url.Parse(server.URL + "/pair?key=" + testToken)
	require.NoError(t, err)
	u.User = url.UserPassword("me", testSecret)
	_, err = newTestURI(t, u.String()).Load(t.Context())
	requireSafe(t, err)
	assert.ErrorContains(t, err, "uri: get a pair at "+server.URL+"/pair: HTTP status 403 Forbidden: Denied: not [REDACTED] nor [REDACTED]")
}

func TestNewURIRefuses(t *testing.T) {
	for name, tc := range map[string]struct {
		set  URISettings
		want string
	}{
		"relative":     {URISettings{URL: "localhost:8080/pair"}, "url is not an absolute"},
		"bad":          {URISettings{URL: "http://u:" + testSecret + "@h:port/"}, "url is not an absolute"},
		"bad from env": {URISettings{Getenv: env(map[string]string{envURI: "file:///etc"})}, envURI + " is not an absolute"},
		"timeout":      {URISettings{URL: "http://h/", Timeout: -time.Second}, "timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewURI(tc.set)
			requireSafe(t, err)
			assert.NotErrorIs(t, err, ErrNotConfigured)
			assert.ErrorContains(t, err, tc.want)
		})
	}
	_, err := NewURI(URISettings{Getenv: env(nil)})
	require.ErrorIs(t, err, ErrNotConfigured)
}

// net/http quotes in its errors what it cannot parse; a server that speaks no HTTP may have sent the pair.
func TestAnswerThatIsNotHTTP(t *testing.T) {
	for name, answer := range map[string]string{
		"no status line": `{"AccessKeySecret":"` + testSecret + `"}` + "\r\n\r\n",
		"bad status":     "HTTP/1.1 " + testSecret + " OK\r\n\r\n",
		"bad header":     "HTTP/1.1 200 OK\r\n" + testSecret + "\r\n\r\n",
		"cut short":      "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + testSecret,
		"nothing":        "",
	} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			done := make(chan struct{})
			go func() {
				defer close(done)
				answerRaw(l, answer)
			}()
			_, err = newTestURI(t, "http://"+l.Addr().String()+"/").Load(t.Context())
			requireSafe(t, err)
			assert.ErrorContains(t, err, "check that the credentials server runs")
			require.NoError(t, l.Close())
			<-done
		})
	}
}

// answerRaw serves one connection: it reads the request and writes the answer as it is.
func answerRaw(l net.Listener, answer string) {
	c, err := l.Accept()
	if err != nil {
		return
	}
	defer func() { _ = c.Close() }()
	_, _ = c.Read(make([]byte, 4096))
	_, _ = c.Write([]byte(answer))
}
