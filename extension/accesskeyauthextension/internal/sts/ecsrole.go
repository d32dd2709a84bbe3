package sts

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
)

const (
	defaultMetadataEndpoint = "http://100.100.100.200"
	defaultMetadataTimeout  = 5 * time.Second
)

// ECSRoleSettings configures NewECSRole; the zero value works on any instance with a role.
type ECSRoleSettings struct {
	// RoleName is the RAM role attached to the instance; empty asks the metadata service at each Load.
	RoleName string
	// Endpoint is the metadata service, default http://100.100.100.200.
	Endpoint string
	// Timeout bounds one Load of two or three requests, default 5s.
	Timeout time.Duration

	_ struct{}
}

// ECSRole fetches the pair of the RAM role of an ECS instance, always in the metadata service's
// security-hardened mode, so that it works on instances that allow nothing else and never falls back
// (https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata/). The address is
// link-local: no proxy is ever used for it.
type ECSRole struct {
	base      *url.URL
	role      string
	timeout   time.Duration
	transport http.RoundTripper
	now       func() time.Time
}

// NewECSRole checks the settings; it makes no request.
func NewECSRole(set ECSRoleSettings) (*ECSRole, error) {
	if set.RoleName != "" && !validRoleName(set.RoleName) {
		return nil, fmt.Errorf("ecs_ram_role: role_name %q %w", set.RoleName, errRoleName)
	}
	if set.Endpoint == "" {
		set.Endpoint = defaultMetadataEndpoint
	}
	base, err := parseBase("endpoint", set.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("ecs_ram_role: %w", err)
	}
	timeout, err := timeoutOr(set.Timeout, defaultMetadataTimeout)
	if err != nil {
		return nil, fmt.Errorf("ecs_ram_role: %w", err)
	}
	return &ECSRole{base: base, role: set.RoleName, timeout: timeout, transport: newTransport(nil), now: time.Now}, nil
}

// Load asks for a metadata token, for the role's name if none is configured, and for the role's pair.
func (s *ECSRole) Load(ctx context.Context) (accesskey.Pair, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	token, err := s.metadataToken(ctx)
	if err != nil {
		return accesskey.Pair{}, err
	}
	role := s.role
	if role == "" {
		if role, err = s.attachedRole(ctx, token); err != nil {
			return accesskey.Pair{}, err
		}
	}
	return s.rolePair(ctx, token, role)
}

// validRoleName follows the RAM rules for role names; it also keeps a name from changing the path.
func validRoleName(name string) bool {
	if name == "" || len(name) > 64 || name == "." || name == ".." {
		return false
	}
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
		default:
			return false
		}
	}
	return true
}
