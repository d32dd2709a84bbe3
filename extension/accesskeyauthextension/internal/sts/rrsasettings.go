package sts

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Environment that the pod identity webhook of ACK puts into a pod
// (https://www.alibabacloud.com/help/doc-detail/356611.html).
const (
	envRoleARN     = "ALIBABA_CLOUD_ROLE_ARN"
	envProviderARN = "ALIBABA_CLOUD_OIDC_PROVIDER_ARN"
	envTokenFile   = "ALIBABA_CLOUD_OIDC_TOKEN_FILE"
	envSessionName = "ALIBABA_CLOUD_ROLE_SESSION_NAME"
	envSTSEndpoint = "ALIBABA_CLOUD_STS_ENDPOINT"
	envSTSRegion   = "ALIBABA_CLOUD_STS_REGION"
	envVPCEndpoint = "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED"
)

const (
	defaultSTSEndpoint = "sts.aliyuncs.com"
	defaultSessionName = "msp-collector"
	defaultDuration    = time.Hour
	minDuration        = 15 * time.Minute // the upper limit is the role's own and only STS knows it
	defaultSTSTimeout  = 10 * time.Second
)

// RRSASettings configures NewRRSA. The zero value takes everything from the environment of an ACK pod.
type RRSASettings struct {
	// RoleARN is the RAM role to assume, default $ALIBABA_CLOUD_ROLE_ARN.
	RoleARN string
	// ProviderARN is the cluster's OIDC provider in RAM, default $ALIBABA_CLOUD_OIDC_PROVIDER_ARN.
	ProviderARN string
	// TokenFile holds the pod's OIDC token, default $ALIBABA_CLOUD_OIDC_TOKEN_FILE.
	TokenFile string
	// Endpoint of STS, a host or a URL. Default: $ALIBABA_CLOUD_STS_ENDPOINT, else sts.{region} for
	// $ALIBABA_CLOUD_STS_REGION (sts-vpc.{region} if $ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED is true), else
	// sts.aliyuncs.com. Plain http:// only to a loopback address.
	Endpoint string
	// SessionName shows up in ActionTrail, default $ALIBABA_CLOUD_ROLE_SESSION_NAME, else msp-collector.
	SessionName string
	// Duration of the pair, default 1h; at least 15m and at most what the role allows.
	Duration time.Duration
	// Timeout bounds one Load, default 10s.
	Timeout time.Duration
	// Getenv reads the environment, default os.Getenv.
	Getenv func(string) string

	_ struct{}
}

// sessionNames is the rule of AssumeRoleWithOIDC (https://alibabacloud.com/help/en/ram/api-assumerolewithoidc).
var (
	sessionNames = regexp.MustCompile(`^[A-Za-z0-9.@_-]{2,64}$`)
	regionNames  = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
)

var (
	errSessionName = errors.New("is not a session name: 2 to 64 letters, digits and . @ - _")
	errRegion      = errors.New("is not a region id such as cn-hangzhou")
	errDuration    = errors.New("is too short: STS issues pairs for 15m or longer")
)

// resolve fills the empty settings from the environment and the defaults, on its own copy.
func (set RRSASettings) resolve() RRSASettings {
	getenv := getenvOr(set.Getenv)
	first := func(values ...string) string {
		for _, v := range values {
			if v != "" {
				return v
			}
		}
		return ""
	}
	set.RoleARN = first(set.RoleARN, getenv(envRoleARN))
	set.ProviderARN = first(set.ProviderARN, getenv(envProviderARN))
	set.TokenFile = first(set.TokenFile, getenv(envTokenFile))
	set.SessionName = first(set.SessionName, getenv(envSessionName), defaultSessionName)
	if set.Duration == 0 {
		set.Duration = defaultDuration
	}
	return set
}

// complete reports what is missing from resolved settings. With nothing at all RRSA is not in use here.
func (set RRSASettings) complete() error {
	var missing []string
	for _, need := range []struct{ key, env, value string }{
		{"role_arn", envRoleARN, set.RoleARN},
		{"oidc_provider_arn", envProviderARN, set.ProviderARN},
		{"oidc_token_file", envTokenFile, set.TokenFile},
	} {
		if need.value == "" {
			missing = append(missing, fmt.Sprintf("%s (or %s)", need.key, need.env))
		}
	}
	switch len(missing) {
	case 0:
		return nil
	case 3:
		return fmt.Errorf("%w: set %s", ErrNotConfigured, strings.Join(missing, ", "))
	default:
		return fmt.Errorf("incomplete: also set %s", strings.Join(missing, ", "))
	}
}

// endpoint applies the order documented at RRSASettings.Endpoint.
func (set RRSASettings) endpoint() (*url.URL, error) {
	getenv := getenvOr(set.Getenv)
	if set.Endpoint != "" {
		return parseSTS("endpoint", set.Endpoint)
	}
	if host := getenv(envSTSEndpoint); host != "" {
		return parseSTS(envSTSEndpoint, host)
	}
	region := getenv(envSTSRegion)
	if region == "" {
		return parseSTS("endpoint", defaultSTSEndpoint)
	}
	if !regionNames.MatchString(region) {
		return nil, fmt.Errorf("%s %q %w", envSTSRegion, region, errRegion)
	}
	if strings.EqualFold(getenv(envVPCEndpoint), "true") {
		return parseSTS(envSTSRegion, "sts-vpc."+region+".aliyuncs.com")
	}
	return parseSTS(envSTSRegion, "sts."+region+".aliyuncs.com")
}
