package accesskeyauthextension

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

var (
	errBasicNothing      = errors.New("basic_auth: set username or username_file, or password or password_file")
	errBasicUserTwice    = errors.New("basic_auth: username and username_file exclude each other: keep one")
	errBasicPassTwice    = errors.New("basic_auth: password and password_file exclude each other: keep one")
	errAuthorizationBoth = errors.New("authorization: credentials and credentials_file exclude each other: keep one")
	errAuthorizationNone = errors.New("authorization: set credentials_file, or credentials")
	errOAuth2Client      = errors.New("oauth2: client_id is missing")
	errOAuth2URL         = errors.New("oauth2: token_url is not an http or https URL: copy it from the identity provider")
	errOAuth2Both        = errors.New("oauth2: client_secret and client_secret_file exclude each other: keep one")
	errAuthorizationType = errors.New("authorization: type is one word such as Bearer; for Basic use basic_auth")
)

// ReadsFiles reports whether the credentials are read from files, which may come later.
func (c *Config) ReadsFiles() bool {
	basic, authorization, grant := c.BasicAuth.Get(), c.Authorization.Get(), c.OAuth2.Get()
	return c.File.HasValue() || basic != nil && basic.UsernameFile+basic.PasswordFile != "" ||
		authorization != nil && authorization.CredentialsFile != "" || grant != nil && grant.ClientSecretFile != ""
}

func (c *Config) validateBasic(b *BasicAuthConfig) error {
	switch {
	case b.Username != "" && b.UsernameFile != "":
		return errBasicUserTwice
	case b.Password != "" && b.PasswordFile != "":
		return errBasicPassTwice
	case b.Username+b.UsernameFile+string(b.Password)+b.PasswordFile == "":
		return errBasicNothing
	case b.UsernameFile != "" || b.PasswordFile != "":
		c.notice()
		return nil
	}
	return c.tryInline("basic_auth")
}

func (c *Config) validateAuthorization(a *AuthorizationConfig) error {
	switch {
	case a.Credentials != "" && a.CredentialsFile != "":
		return errAuthorizationBoth
	case a.Credentials == "" && a.CredentialsFile == "":
		return errAuthorizationNone
	case strings.ContainsFunc(a.Type, notInScheme) || strings.EqualFold(a.Type, "Basic"):
		return errAuthorizationType
	case a.CredentialsFile != "":
		c.notice()
		return nil
	}
	return c.tryInline("authorization")
}

func (o *OAuth2Config) validate() error {
	u, err := url.Parse(o.TokenURL)
	switch {
	case o.ClientID == "":
		return errOAuth2Client
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return errOAuth2URL
	case o.ClientSecret != "" && o.ClientSecretFile != "":
		return errOAuth2Both
	}
	return nil
}

// notInScheme reports what cannot be part of the type of an Authorization header.
func notInScheme(r rune) bool { return r <= ' ' || r > '~' }

// tryInline returns why what stands in the configuration below key cannot be sent.
func (c *Config) tryInline(key string) error {
	src, err := newSource(c)
	if err != nil {
		return err
	}
	if _, err := src.Load(context.Background()); err != nil {
		return fmt.Errorf("%s: %w; if it comes from an environment variable, check that it is set where the collector runs", key, err)
	}
	return nil
}
