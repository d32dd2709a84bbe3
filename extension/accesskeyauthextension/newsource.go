package accesskeyauthextension

import (
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

func (s *StaticConfig) pair() accesskey.Pair {
	return accesskey.Pair{
		AccessKeyID:     s.AccessKeyID,
		AccessKeySecret: s.AccessKeySecret,
		SecurityToken:   s.SecurityToken,
		Source:          "the configuration key static",
	}
}
