package diagnosis

import "strings"

// Credential is what a request carries to say who sends.
type Credential int

// The credentials. The zero value is an AccessKey pair.
const (
	AccessKeyPair      Credential = iota
	UserPassword                  // basic authentication that is no AccessKey pair
	BearerToken                   // Authorization: Bearer
	OtherAuthorization            // Authorization of another type
	OAuth2Token                   // an access token of a token endpoint
	UnknownCredential             // of an authenticator that does not say
)

// CredentialHolder is an authenticator that says what it sends. It is safe for concurrent use.
type CredentialHolder interface {
	Credential() Credential
}

// String returns the credential in words for people.
func (c Credential) String() string {
	switch c {
	case AccessKeyPair:
		return "AccessKey pair"
	case UserPassword:
		return "user name and password"
	case BearerToken:
		return "bearer token"
	case OAuth2Token:
		return "OAuth2 access token"
	default:
		return "credentials"
	}
}

// replacement returns where a valid one is put.
func (c Credential) replacement() string {
	const file = "; a changed file is used within 2 s, no restart is needed"
	switch c {
	case UserPassword:
		return "put a valid user and password into basic_auth, or into its username_file and password_file" + file
	case BearerToken, OtherAuthorization:
		return "put a valid token into authorization.credentials_file, or into authorization.credentials" + file
	case OAuth2Token:
		return "check in oauth2 that client_id, client_secret_file, scopes and endpoint_params are those that this endpoint expects" + file
	default:
		return "check what the authenticator in {settings}::auth::authenticator sends"
	}
}

// words returns what stands for {credential} and {replace} in a rule.
func (c Credential) words() []string {
	return []string{"{credential}", c.String(), "{replace}", c.replacement()}
}

// otherThanAccessKey holds for a request that carries credentials which are no AccessKey pair.
func otherThanAccessKey(o *Observation) bool { return !o.NoPair && o.Credential != AccessKeyPair }

// elsewhere holds for an endpoint that is not Alibaba Cloud's by its host.
func elsewhere(o *Observation) bool { return !AlibabaHost(o.endpoint.Host) }

// AlibabaHost reports whether a host, without port, is one of Alibaba Cloud's endpoints, which take AccessKey pairs only.
func AlibabaHost(host string) bool { return strings.HasSuffix(strings.ToLower(host), ".aliyuncs.com") }

// credentials are the rules for what is no AccessKey pair. They come before those for one, whose words would mislead.
var credentials = []rule{
	{"credentials_rejected", []condition{status(401), otherThanAccessKey},
		"the endpoint rejects the {credential} (401)",
		"{replace}"},
	{"credentials_forbidden", []condition{status(403), not(passes), otherThanAccessKey},
		"the endpoint accepts the {credential} and does not let it {do} this address (403)",
		"read the answer for the missing permission and grant it at the endpoint, or {replace}"},
	{"source_not_allowed", []condition{unauthorized, withoutPair, elsewhere},
		"the endpoint asks for credentials, and none are configured",
		"set basic_auth, authorization or oauth2 of the remote_write entry, or {settings}::auth::authenticator"},
	{"no_credentials", []condition{failed(is(ErrNoCredentials)), otherThanAccessKey},
		"there is no {credential} to send with",
		"read the error for what is missing; files are read again every second"},
}

// CredentialOf returns what an authenticator of a component type sends; nil stands for none.
func CredentialOf(typeName string, authenticator any) func() Credential {
	kind := UnknownCredential
	switch {
	case authenticator == nil:
		kind = AccessKeyPair // NoPair says that there is none
	case typeName == "bearertokenauth":
		kind = BearerToken
	}
	if holder, ok := authenticator.(CredentialHolder); ok {
		return holder.Credential
	}
	return func() Credential { return kind }
}
