package source

import (
	"context"
	"fmt"
	"strings"

	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/msp-collector/msp-collector/components/diagnosis"
	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
)

// AuthorizationSettings are an Authorization header: Type and, inline or in a file, the credentials behind it.
type AuthorizationSettings struct {
	Type            string
	Credentials     configopaque.String
	CredentialsFile string
	RefuseWorldRead bool
}

type authorization struct{ set AuthorizationSettings }

// NewAuthorization returns a source that reads the file each time.
func NewAuthorization(set AuthorizationSettings) Source { return authorization{set} }

// Load implements Source.
func (a authorization) Load(context.Context) (Loaded, error) {
	loaded := Loaded{}
	token, where := string(a.set.Credentials), "the configuration key authorization"
	if path := a.set.CredentialsFile; path != "" {
		value, secret, err := readPart(path, whatToken, a.set.RefuseWorldRead)
		loaded.Written, loaded.Warning = secret.written, secret.warning
		if err != nil {
			return loaded, err
		}
		token, where = value, "file "+path
	}
	loaded.Pair = accesskey.Pair{
		Kind: KindOf(a.set.Type), Scheme: a.set.Type, AccessKeySecret: configopaque.String(token), Source: where,
	}
	if err := loaded.Pair.Validate(); err != nil {
		return loaded, fmt.Errorf("%s: %w", where, err)
	}
	return loaded, nil
}

// KindOf returns what an Authorization header of a type carries.
func KindOf(scheme string) diagnosis.Credential {
	if strings.EqualFold(scheme, "Bearer") {
		return diagnosis.BearerToken
	}
	return diagnosis.OtherAuthorization
}
