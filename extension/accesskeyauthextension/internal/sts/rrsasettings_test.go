package sts

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var podEnv = map[string]string{envRoleARN: testRoleARN, envProviderARN: "provider", envTokenFile: "/var/run/token"}

func withEnv(more map[string]string) func(string) string {
	vars := map[string]string{}
	for _, set := range []map[string]string{podEnv, more} {
		for k, v := range set {
			vars[k] = v
		}
	}
	return env(vars)
}

func TestNewRRSAFromTheEnvironment(t *testing.T) {
	s, err := NewRRSA(RRSASettings{Getenv: withEnv(map[string]string{envSessionName: "pod@1"})})
	require.NoError(t, err)
	assert.Equal(t, testRoleARN, s.set.RoleARN)
	assert.Equal(t, "provider", s.set.ProviderARN)
	assert.Equal(t, "/var/run/token", s.set.TokenFile)
	assert.Equal(t, "pod@1", s.set.SessionName)
	assert.Equal(t, time.Hour, s.set.Duration)

	s, err = NewRRSA(RRSASettings{RoleARN: "mine", SessionName: "me", Duration: 15 * time.Minute, Getenv: withEnv(nil)})
	require.NoError(t, err)
	assert.Equal(t, "mine", s.set.RoleARN)
	assert.Equal(t, "me", s.set.SessionName)
	assert.Equal(t, 15*time.Minute, s.set.Duration)
}

func TestNewRRSAEndpoint(t *testing.T) {
	for name, tc := range map[string]struct {
		set  string
		env  map[string]string
		want string
	}{
		"default":            {"", nil, "https://sts.aliyuncs.com/"},
		"region":             {"", map[string]string{envSTSRegion: "cn-hangzhou"}, "https://sts.cn-hangzhou.aliyuncs.com/"},
		"region in a VPC":    {"", map[string]string{envSTSRegion: "cn-hangzhou", envVPCEndpoint: "true"}, "https://sts-vpc.cn-hangzhou.aliyuncs.com/"},
		"VPC off":            {"", map[string]string{envSTSRegion: "cn-hangzhou", envVPCEndpoint: "false"}, "https://sts.cn-hangzhou.aliyuncs.com/"},
		"VPC without region": {"", map[string]string{envVPCEndpoint: "true"}, "https://sts.aliyuncs.com/"},
		"env before region":  {"", map[string]string{envSTSRegion: "cn-hangzhou", envSTSEndpoint: "sts.example"}, "https://sts.example/"},
		"setting before env": {"https://own.example", map[string]string{envSTSEndpoint: "sts.example"}, "https://own.example/"},
		"loopback":           {"http://[::1]:8080", nil, "http://[::1]:8080/"},
		"localhost":          {"http://localhost:8080/sts", nil, "http://localhost:8080/sts"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := NewRRSA(RRSASettings{Endpoint: tc.set, Getenv: withEnv(tc.env)})
			require.NoError(t, err)
			assert.Equal(t, tc.want, s.endpoint.String())
		})
	}
}

func TestNewRRSARefuses(t *testing.T) {
	for name, tc := range map[string]struct {
		set  RRSASettings
		want string
	}{
		"incomplete":         {RRSASettings{Getenv: env(map[string]string{envRoleARN: "r"})}, "also set oidc_provider_arn (or ALIBABA_CLOUD_OIDC_PROVIDER_ARN), oidc_token_file"},
		"plain http":         {RRSASettings{Endpoint: "http://sts.aliyuncs.com"}, "endpoint would send the OIDC token in clear text"},
		"plain http by env":  {RRSASettings{Getenv: withEnv(map[string]string{envSTSEndpoint: "http://sts"})}, envSTSEndpoint + " would send"},
		"other scheme":       {RRSASettings{Endpoint: "ftp://sts.aliyuncs.com"}, "not an absolute"},
		"password":           {RRSASettings{Endpoint: "https://u:" + testSecret + "@sts"}, "scheme and host only"},
		"bad URL":            {RRSASettings{Endpoint: "https://u:" + testSecret + "@sts:port"}, "not an absolute"},
		"region of a domain": {RRSASettings{Getenv: withEnv(map[string]string{envSTSRegion: "evil.example/"})}, "region id"},
		"session name":       {RRSASettings{SessionName: "a b"}, "session_name"},
		"duration":           {RRSASettings{Duration: time.Minute}, "duration 1m0s is too short"},
		"timeout":            {RRSASettings{Timeout: -1}, "timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			if tc.set.Getenv == nil {
				tc.set.Getenv = withEnv(nil)
			}
			_, err := NewRRSA(tc.set)
			requireSafe(t, err)
			assert.NotErrorIs(t, err, ErrNotConfigured)
			assert.ErrorContains(t, err, "rrsa: ")
			assert.ErrorContains(t, err, tc.want)
		})
	}
}

func TestNewRRSANotConfigured(t *testing.T) {
	_, err := NewRRSA(RRSASettings{Getenv: env(nil)})
	require.ErrorIs(t, err, ErrNotConfigured)
	assert.ErrorContains(t, err, envTokenFile)
}
