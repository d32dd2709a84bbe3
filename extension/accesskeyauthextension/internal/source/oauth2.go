package source

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configauth"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configtls"
	"go.uber.org/zap"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/msp-collector/msp-collector/components/diagnosis"
	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
	"github.com/msp-collector/msp-collector/internal/secretfile"
	"github.com/msp-collector/msp-collector/internal/tlsreload"
)

// tokenTimeout bounds a request to the token endpoint.
const tokenTimeout = 30 * time.Second

// OAuth2Settings are those of the client credentials grant (RFC 6749, section 4.4).
type OAuth2Settings struct {
	ClientID         string
	ClientSecret     configopaque.String
	ClientSecretFile string
	Scopes           []string
	TokenURL         string
	EndpointParams   url.Values
	TLS              configtls.ClientConfig
	ProxyURL         string
	// ProxyFromEnvironment uses the proxy of the environment where ProxyURL is empty.
	ProxyFromEnvironment bool
	RefuseWorldRead      bool
}

// OAuth2 asks a token endpoint for access tokens. Load is called by one goroutine at a time, and Changed by another.
type OAuth2 struct {
	set    OAuth2Settings
	grant  clientcredentials.Config // kept, since it remembers how the endpoint takes the secret
	client *tlsreload.Client        // nil before the first Load
	inputs *secretfile.Watch        // used by Changed alone
}

// NewOAuth2 returns a source that reads the files again for every token.
func NewOAuth2(set OAuth2Settings) *OAuth2 {
	return &OAuth2{
		set:    set,
		grant:  clientcredentials.Config{ClientID: set.ClientID, TokenURL: set.TokenURL, Scopes: set.Scopes, EndpointParams: set.EndpointParams},
		inputs: secretfile.NewWatch(set.ClientSecretFile, set.TLS.CAFile, set.TLS.CertFile, set.TLS.KeyFile),
	}
}

// Changed reports whether a file has changed since the last call, so that a token is asked for at once.
func (o *OAuth2) Changed() bool { return o.inputs.Changed() }

// Load implements Source. A token without expires_in has no expiry.
func (o *OAuth2) Load(ctx context.Context) (Loaded, error) {
	secret, client, loaded, err := o.prepare(ctx)
	if err != nil {
		return loaded, err
	}
	defer client.CloseIdleConnections() // the next token is minutes away
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, oauth2.HTTPClient, client), tokenTimeout)
	defer cancel()
	o.grant.ClientSecret = secret
	token, err := o.grant.Token(ctx)
	if err != nil {
		return loaded, o.explain(err, secret)
	}
	loaded.Pair = accesskey.Pair{
		Kind: diagnosis.OAuth2Token, Scheme: token.Type(), AccessKeySecret: configopaque.String(token.AccessToken),
		Expiry: token.Expiry, Source: "the token endpoint " + o.endpoint(),
	}
	return loaded, nil
}

// ReadFiles returns what is wrong with the files. It asks nobody for a token.
func (o *OAuth2) ReadFiles(ctx context.Context) (Loaded, error) {
	_, _, loaded, err := o.prepare(ctx)
	return loaded, err
}

// prepare reads the files: the client secret, and those of the TLS connection.
func (o *OAuth2) prepare(ctx context.Context) (secret string, client *http.Client, loaded Loaded, err error) {
	loaded.Remote = true
	secret = string(o.set.ClientSecret)
	if path := o.set.ClientSecretFile; path != "" {
		var file secretFile
		secret, file, err = readPart(path, "OAuth2 client secret file", o.set.RefuseWorldRead)
		loaded.Warning = file.warning
		if err != nil {
			return "", nil, loaded, err
		}
	}
	if client, err = o.httpClient(ctx); err != nil {
		return "", nil, loaded, fmt.Errorf("oauth2::tls: %w", err)
	}
	return secret, client, loaded, nil
}

// httpClient returns a client that uses the TLS files as they are now.
func (o *OAuth2) httpClient(ctx context.Context) (*http.Client, error) {
	if o.client != nil {
		o.client.Check()
		return o.client.HTTP, nil
	}
	config := confighttp.NewDefaultClientConfig()
	config.Endpoint, config.TLS, config.ProxyURL = o.set.TokenURL, o.set.TLS, o.set.ProxyURL
	var extensions map[component.ID]component.Component
	if !o.set.ProxyFromEnvironment && o.set.ProxyURL == "" {
		config.Auth = configoptional.Some(configauth.Config{AuthenticatorID: directID})
		extensions = map[component.ID]component.Component{directID: direct{}}
	}
	client, err := tlsreload.NewClient(ctx, config, extensions, component.TelemetrySettings{Logger: zap.NewNop()})
	if err != nil {
		return nil, err
	}
	o.client = client
	return client.HTTP, nil
}

// directID is of direct alone.
var directID = component.MustNewID("oauth2_direct")

// direct makes a transport ignore the proxy of the environment, for which confighttp has no key.
type direct struct {
	component.StartFunc
	component.ShutdownFunc
}

// RoundTripper implements extensionauth.HTTPClient.
func (direct) RoundTripper(base http.RoundTripper) (http.RoundTripper, error) {
	transport, ok := base.(*http.Transport)
	if !ok {
		return nil, fmt.Errorf("oauth2::proxy_from_environment cannot be switched off for a %T", base)
	}
	transport.Proxy = nil
	return transport, nil
}

// endpoint is the token URL without what may be secret.
func (o *OAuth2) endpoint() string {
	u, err := url.Parse(o.set.TokenURL)
	if err != nil {
		return ""
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// explain returns why there is no token, in one line and without the secret, which the endpoint may have echoed.
func (o *OAuth2) explain(err error, secret string) error {
	var answered *oauth2.RetrieveError
	if !errors.As(err, &answered) {
		var named *url.Error
		if errors.As(err, &named) { // its URL may hold a token
			err = named.Err
		}
		return fmt.Errorf("the token endpoint %s gave no answer: %w", o.endpoint(), err)
	}
	answer := strings.Join(strings.Fields(string(answered.Body)), " ")
	if len(secret) >= 4 {
		for _, form := range []string{secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(o.set.ClientID + ":" + secret))} {
			answer = strings.ReplaceAll(answer, form, "[REDACTED]")
		}
	}
	status := "an answer without a token"
	if answered.Response != nil {
		status = answered.Response.Status
	}
	return fmt.Errorf("the token endpoint %s rejects the OAuth2 client %q: %s: %.300q; check client_id, client_secret_file and scopes; a changed file is used at once",
		o.endpoint(), o.set.ClientID, status, answer)
}
