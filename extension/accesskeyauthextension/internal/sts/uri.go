package sts

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
)

const (
	envURI            = "ALIBABA_CLOUD_CREDENTIALS_URI"
	defaultURITimeout = 10 * time.Second
	minQueryValue     = 8
)

// URISettings configures NewURI.
type URISettings struct {
	// URL of the credentials server, default $ALIBABA_CLOUD_CREDENTIALS_URI. A user and password in it
	// are sent as basic authentication; neither they nor the query are ever shown.
	URL string
	// Timeout bounds one Load, default 10s.
	Timeout time.Duration
	// Getenv reads the environment, default os.Getenv.
	Getenv func(string) string

	_ struct{}
}

// URI fetches a pair from a credentials server, usually a sidecar: GET answered by a JSON object
// {AccessKeyId, AccessKeySecret, SecurityToken, Expiration}. The last two are optional, so that a
// server can hand out permanent pairs. Over plain http no proxy is used.
type URI struct {
	url       *url.URL // without user
	user      *url.Userinfo
	timeout   time.Duration
	transport http.RoundTripper
	now       func() time.Time
}

// NewURI checks the settings; it makes no request. Without any URL the error is ErrNotConfigured.
func NewURI(set URISettings) (*URI, error) {
	key := "url"
	if set.URL == "" {
		key = envURI
		set.URL = getenvOr(set.Getenv)(envURI)
	}
	if set.URL == "" {
		return nil, fmt.Errorf("uri: %w: set url or %s", ErrNotConfigured, envURI)
	}
	u, err := parseURL(key, set.URL)
	if err != nil {
		return nil, fmt.Errorf("uri: %w", err)
	}
	timeout, err := timeoutOr(set.Timeout, defaultURITimeout)
	if err != nil {
		return nil, fmt.Errorf("uri: %w", err)
	}
	user := u.User
	u.User = nil
	return &URI{url: u, user: user, timeout: timeout, transport: newTransport(proxyFor(u)), now: time.Now}, nil
}

// Load makes the one request.
func (s *URI) Load(ctx context.Context) (accesskey.Pair, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	x := exchange{source: "uri", action: "get a pair", endpoint: presentableURL(s.url)}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url.String(), http.NoBody)
	if err != nil {
		return accesskey.Pair{}, x.fail(errNotURL, "")
	}
	req.Header.Set("Accept", "application/json")
	secrets := s.authenticate(req)
	r, err := fetch(s.transport, req)
	if err != nil {
		return accesskey.Pair{}, x.fail(err, "check that the credentials server runs and answers there")
	}
	p, err := x.settle(r, form{decode: decodeFlat, hint: uriHint, secrets: secrets}, s.now())
	if err != nil {
		return accesskey.Pair{}, err
	}
	p.Source = x.endpoint
	return p, nil
}

// authenticate sets the user of the URL, if any; it returns what of the request an error must not show.
func (s *URI) authenticate(req *http.Request) []string {
	secrets := []string{s.url.RawQuery}
	for _, values := range s.url.Query() {
		for _, value := range values {
			if len(value) >= minQueryValue { // shorter ones are words and numbers
				secrets = append(secrets, value)
			}
		}
	}
	if s.user != nil {
		password, _ := s.user.Password()
		req.SetBasicAuth(s.user.Username(), password)
		secrets = append(secrets, password)
	}
	return secrets
}

func uriHint(status int, _ string) string {
	switch {
	case status >= 300 && status < 400:
		return "redirects are not followed: give the final URL"
	case status == http.StatusNotFound:
		return "check the path of the URL"
	default:
		return "look into the credentials server"
	}
}

func getenvOr(getenv func(string) string) func(string) string {
	if getenv == nil {
		return os.Getenv
	}
	return getenv
}
