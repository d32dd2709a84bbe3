package accesskeyauthextension

import (
	"cmp"
	"net/url"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/source"
	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/sts"
)

// newSource makes the one source that cfg names. It reads nothing and calls nobody.
func newSource(cfg *Config) (source.Source, error) {
	refuse := cfg.FileMode == FileModeRefuse
	if f := cfg.File.Get(); f != nil {
		return source.NewFile(source.FileSettings{
			Path:            f.Path,
			Profile:         f.Profile,
			AccessKeyID:     f.AccessKeyID,
			IDPath:          f.AccessKeyIDPath,
			SecretPath:      f.AccessKeySecretPath,
			RefuseWorldRead: refuse,
		}), nil
	}
	if b := cfg.BasicAuth.Get(); b != nil {
		return source.NewBasic(source.BasicSettings{
			Username: b.Username, UsernameFile: b.UsernameFile, Password: b.Password, PasswordFile: b.PasswordFile, RefuseWorldRead: refuse,
		}), nil
	}
	if a := cfg.Authorization.Get(); a != nil {
		return source.NewAuthorization(source.AuthorizationSettings{
			Type: cmp.Or(a.Type, defaultScheme), Credentials: a.Credentials, CredentialsFile: a.CredentialsFile, RefuseWorldRead: refuse,
		}), nil
	}
	if o := cfg.OAuth2.Get(); o != nil {
		return o.source(refuse), nil
	}
	if s := cfg.Static.Get(); s != nil {
		return source.NewStatic(s.pair()), nil
	}
	if c := cfg.ECSRAMRole.Get(); c != nil {
		role, err := sts.NewECSRole(sts.ECSRoleSettings{RoleName: c.RoleName, Endpoint: c.Endpoint})
		if err != nil {
			return nil, err
		}
		return source.NewRemote(role.Load), nil
	}
	if c := cfg.RRSA.Get(); c != nil {
		rrsa, err := sts.NewRRSA(sts.RRSASettings{
			RoleARN:     c.RoleARN,
			ProviderARN: c.OIDCProviderARN,
			TokenFile:   c.OIDCTokenFile,
			SessionName: c.SessionName,
			Endpoint:    c.STSEndpoint,
			Duration:    c.Duration,
		})
		if err != nil {
			return nil, err
		}
		return source.NewRemote(rrsa.Load), nil
	}
	if c := cfg.URI.Get(); c != nil {
		uri, err := sts.NewURI(sts.URISettings{URL: string(c.URL)})
		if err != nil {
			return nil, err
		}
		return source.NewRemote(uri.Load), nil
	}
	if cfg.Default.HasValue() {
		return source.NewDefault(refuse)
	}
	return source.NewEnv(), nil
}

func (o *OAuth2Config) source(refuseWorldRead bool) source.Source {
	params := url.Values{}
	for name, value := range o.EndpointParams {
		params.Set(name, string(value))
	}
	return source.NewOAuth2(source.OAuth2Settings{
		ClientID: o.ClientID, ClientSecret: o.ClientSecret, ClientSecretFile: o.ClientSecretFile, Scopes: o.Scopes, TokenURL: o.TokenURL,
		EndpointParams: params, TLS: o.TLS, ProxyURL: string(o.ProxyURL),
		ProxyFromEnvironment: o.ProxyFromEnvironment, RefuseWorldRead: refuseWorldRead,
	})
}

func (s *StaticConfig) pair() accesskey.Pair {
	return accesskey.Pair{
		AccessKeyID:     s.AccessKeyID,
		AccessKeySecret: s.AccessKeySecret,
		SecurityToken:   s.SecurityToken,
		Source:          "the configuration key static",
	}
}
