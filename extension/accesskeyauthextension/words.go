package accesskeyauthextension

import (
	"cmp"

	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/diagnosis"
	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/source"
)

var _ diagnosis.CredentialHolder = (*accessKeyAuth)(nil)

// Credential returns what is sent, and so in which words a rejection is explained.
func (a *accessKeyAuth) Credential() diagnosis.Credential {
	if current := a.current.Load(); current != nil {
		return current.pair.Kind
	}
	switch {
	case a.cfg.BasicAuth.HasValue():
		return diagnosis.UserPassword
	case a.cfg.Authorization.HasValue():
		return source.KindOf(cmp.Or(a.cfg.Authorization.Get().Type, defaultScheme))
	case a.cfg.OAuth2.HasValue():
		return diagnosis.OAuth2Token
	}
	return diagnosis.AccessKeyPair
}

// subject begins a log line about what is sent.
func (a *accessKeyAuth) subject() string {
	switch kind := a.Credential(); kind {
	case diagnosis.AccessKeyPair:
		return "AccessKey pair"
	case diagnosis.UserPassword:
		return "User name and password"
	case diagnosis.BearerToken:
		return "Bearer token"
	case diagnosis.OAuth2Token:
		return "OAuth2 access token"
	default:
		return "Credentials"
	}
}

// noCredentials is what errors wrap while there is nothing to send with.
func (a *accessKeyAuth) noCredentials() error {
	if a.Credential() == diagnosis.AccessKeyPair {
		return diagnosis.ErrNoPair
	}
	return diagnosis.ErrNoCredentials
}

// pairFields name a pair in a log line: the masked id or user name, where there is one, and its source.
func pairFields(c *credential) []zap.Field {
	fields := make([]zap.Field, 0, 6) // room for those that callers append
	switch c.pair.Kind {
	case diagnosis.AccessKeyPair:
		fields = append(fields, zap.String("access_key_id", c.pair.MaskedID()))
	case diagnosis.UserPassword:
		fields = append(fields, zap.String("user", c.pair.MaskedID()))
	}
	return append(fields, zap.String("source", c.pair.Source))
}
