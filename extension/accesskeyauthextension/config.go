package accesskeyauthextension

import (
	"time"

	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configtls"
)

// Config names exactly one source of the AccessKey pair, and says how changes of it are handled.
type Config struct {
	// File reads the pair from one file, or from two.
	File configoptional.Optional[FileConfig] `mapstructure:"file"`
	// Static is a pair in the configuration itself; it changes with a reload only.
	Static configoptional.Optional[StaticConfig] `mapstructure:"static"`
	// Env reads ALIBABA_CLOUD_ACCESS_KEY_ID, _ACCESS_KEY_SECRET and _SECURITY_TOKEN at start.
	Env configoptional.Optional[EnvConfig] `mapstructure:"env"`
	// ECSRAMRole asks the metadata service of an ECS instance, in security-hardened mode.
	ECSRAMRole configoptional.Optional[ECSRAMRoleConfig] `mapstructure:"ecs_ram_role"`
	// RRSA exchanges the OIDC token of an ACK pod for the pair of a RAM role.
	RRSA configoptional.Optional[RRSAConfig] `mapstructure:"rrsa"`
	// URI asks a credentials server.
	URI configoptional.Optional[URIConfig] `mapstructure:"uri"`
	// Default tries env, rrsa, files, ecs_ram_role and uri, as Alibaba Cloud's tools do.
	Default configoptional.Optional[DefaultConfig] `mapstructure:"default"`

	// BasicAuth is a user name and a password for any endpoint, sent as Prometheus sends them.
	BasicAuth configoptional.Optional[BasicAuthConfig] `mapstructure:"basic_auth"`
	// Authorization is a bearer token, or other credentials of one word.
	Authorization configoptional.Optional[AuthorizationConfig] `mapstructure:"authorization"`

	// OAuth2 is an access token of a token endpoint, by the client credentials grant.
	OAuth2 configoptional.Optional[OAuth2Config] `mapstructure:"oauth2"`

	// Server makes this the receiving side: it judges what clients send, and needs no source.
	Server configoptional.Optional[ServerConfig] `mapstructure:"server"`

	// CheckInterval is how often the source is read again; a change is in use after one interval.
	CheckInterval time.Duration `mapstructure:"check_interval"`
	// FallbackFor bounds how long the previous pair goes on being used where a new one is refused.
	// Zero switches the fallback off.
	FallbackFor time.Duration `mapstructure:"fallback_for"`
	// MaxAge is the age from which a permanent pair is warned about once a day. Zero never warns.
	MaxAge time.Duration `mapstructure:"max_age"`
	// FileMode says what to do about a secret file that everybody on the host can read: warn or refuse.
	FileMode FileMode `mapstructure:"file_mode"`
	// AppendSecurityToken sends secret$token as the password of a temporary (STS) pair.
	// Source: SLS, "Use Prometheus to connect to a MetricStore".
	AppendSecurityToken bool `mapstructure:"append_security_token"`
	// AllowPlaintextGRPC sends the pair over gRPC without TLS, where everybody on the way can read it.
	AllowPlaintextGRPC bool `mapstructure:"allow_plaintext_grpc"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// FileConfig is either Path, or AccessKeySecretPath with the id inline or in a file of its own.
type FileConfig struct {
	// Path is a JSON file {"AccessKeyId","AccessKeySecret"} such as a KMS RAM secret, a config.json of
	// the aliyun CLI, or an INI credentials file.
	Path string `mapstructure:"path"`
	// Profile selects the profile of a config.json or an INI file.
	Profile             string `mapstructure:"profile"`
	AccessKeyID         string `mapstructure:"access_key_id"`
	AccessKeyIDPath     string `mapstructure:"access_key_id_path"`
	AccessKeySecretPath string `mapstructure:"access_key_secret_path"`

	_ struct{}
}

// StaticConfig is the pair itself.
type StaticConfig struct {
	AccessKeyID     string              `mapstructure:"access_key_id"`
	AccessKeySecret configopaque.String `mapstructure:"access_key_secret"`
	SecurityToken   configopaque.String `mapstructure:"security_token"`

	_ struct{}
}

// EnvConfig has no keys: the variables have the names that Alibaba Cloud's own tools use.
type EnvConfig struct {
	_ struct{}
}

// ECSRAMRoleConfig says which role of the instance; an empty name takes the one attached.
type ECSRAMRoleConfig struct {
	RoleName string `mapstructure:"role_name"`
	Endpoint string `mapstructure:"endpoint"`

	_ struct{}
}

// RRSAConfig overrides what ACK puts into the pod's environment.
type RRSAConfig struct {
	RoleARN         string        `mapstructure:"role_arn"`
	OIDCProviderARN string        `mapstructure:"oidc_provider_arn"`
	OIDCTokenFile   string        `mapstructure:"oidc_token_file"`
	SessionName     string        `mapstructure:"session_name"`
	STSEndpoint     string        `mapstructure:"sts_endpoint"`
	Duration        time.Duration `mapstructure:"duration"`

	_ struct{}
}

// URIConfig names the credentials server, ALIBABA_CLOUD_CREDENTIALS_URI if empty. The URL is opaque
// because it may hold a password or a token.
type URIConfig struct {
	URL configopaque.String `mapstructure:"url"`

	_ struct{}
}

// DefaultConfig has no keys.
type DefaultConfig struct {
	_ struct{}
}

// BasicAuthConfig has the keys of Prometheus's basic_auth. Each half is inline, in a file, or left out.
type BasicAuthConfig struct {
	Username     string              `mapstructure:"username"`
	UsernameFile string              `mapstructure:"username_file"`
	Password     configopaque.String `mapstructure:"password"`
	PasswordFile string              `mapstructure:"password_file"`

	_ struct{}
}

// AuthorizationConfig has the keys of Prometheus's authorization.
type AuthorizationConfig struct {
	// Type is what the header begins with, Bearer if empty.
	Type            string              `mapstructure:"type"`
	Credentials     configopaque.String `mapstructure:"credentials"`
	CredentialsFile string              `mapstructure:"credentials_file"`

	_ struct{}
}

// OAuth2Config has the keys of Prometheus's oauth2; tls has those of the collector.
type OAuth2Config struct {
	ClientID         string                         `mapstructure:"client_id"`
	ClientSecret     configopaque.String            `mapstructure:"client_secret"`
	ClientSecretFile string                         `mapstructure:"client_secret_file"`
	Scopes           []string                       `mapstructure:"scopes"`
	TokenURL         string                         `mapstructure:"token_url"`
	EndpointParams   map[string]configopaque.String `mapstructure:"endpoint_params"`
	// TLS and ProxyURL are of the connection to the token endpoint.
	TLS      configtls.ClientConfig `mapstructure:"tls"`
	ProxyURL configopaque.String    `mapstructure:"proxy_url"`
	// ProxyFromEnvironment uses the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name, as Prometheus does with this key.
	ProxyFromEnvironment bool `mapstructure:"proxy_from_environment"`

	_ struct{}
}

// ServerConfig names the file with the pairs that may send.
type ServerConfig struct {
	File string `mapstructure:"file"`

	_ struct{}
}

// FileMode is what happens when a secret file is readable by everybody.
type FileMode string

const (
	FileModeWarn   FileMode = "warn"
	FileModeRefuse FileMode = "refuse"
)
