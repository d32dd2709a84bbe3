package sts

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
)

// Names of the ECS metadata service
// (https://www.alibabacloud.com/help/en/ecs/user-guide/access-instance-metadata-using-hardened-only-mode).
const (
	tokenPath       = "/latest/api/token"
	rolePath        = "/latest/meta-data/ram/security-credentials/"
	tokenHeader     = "X-aliyun-ecs-metadata-token"
	tokenTTLHeader  = "X-aliyun-ecs-metadata-token-ttl-seconds"
	tokenTTLSeconds = "60" // 1 to 21600: a token serves one Load
)

const (
	hintNoMetadata = "outside an ECS instance use another source; on one, check that its metadata service is enabled and 100.100.100.200 is reachable"
	hintNoRole     = "attach a RAM role to the instance in the ECS console"
	hintForbidden  = "the metadata service refused its own token: check the instance's metadata access settings and what stands between"
	hintRedirect   = "redirects are not followed: check endpoint"
	hintMetadata   = "the metadata service failed: it is asked again at the next refresh"
)

var (
	errNoToken   = errors.New("the answer is not a metadata token")
	errManyRoles = errors.New("the answer is not the name of one RAM role: set role_name")
	errNoRole    = errors.New("no RAM role is attached to the instance")
)

// call makes one request to the metadata service; the error names it.
func (s *ECSRole) call(ctx context.Context, method, path, action, header, value string) (reply, exchange, error) {
	u := s.base.JoinPath(path)
	x := exchange{source: "ecs_ram_role", action: action, endpoint: presentableURL(u)}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), http.NoBody)
	if err != nil {
		return reply{}, x, x.fail(errNotURL, "")
	}
	req.Header.Set(header, value)
	r, err := fetch(s.transport, req)
	if err != nil {
		return reply{}, x, x.fail(err, hintNoMetadata)
	}
	return r, x, nil
}

// metadataToken starts the hardened mode. Its failure is final: there is no token-less fallback.
func (s *ECSRole) metadataToken(ctx context.Context) (string, error) {
	r, x, err := s.call(ctx, http.MethodPut, tokenPath, "get a metadata token", tokenTTLHeader, tokenTTLSeconds)
	if err != nil {
		return "", err
	}
	if r.status != http.StatusOK {
		return "", x.refused(r.status, refusal{}, hintNoMetadata)
	}
	token := strings.TrimSpace(string(r.body))
	if token == "" {
		return "", x.fail(errNoToken, hintNoMetadata)
	}
	if !headerSafe(token) {
		return "", x.fail(fmt.Errorf("%w: it %w", errNoToken, errHeaderFormat), hintNoMetadata)
	}
	return token, nil
}

// attachedRole discovers the role; an instance has at most one.
func (s *ECSRole) attachedRole(ctx context.Context, token string) (string, error) {
	r, x, err := s.call(ctx, http.MethodGet, rolePath, "find the attached RAM role", tokenHeader, token)
	if err != nil {
		return "", err
	}
	if r.status != http.StatusOK {
		return "", x.refused(r.status, refusal{}, metadataHint(r.status, ""))
	}
	role := strings.TrimSpace(string(r.body))
	if role == "" {
		return "", x.fail(errNoRole, hintNoRole)
	}
	if !validRoleName(role) {
		return "", x.fail(errManyRoles, "")
	}
	return role, nil
}

func (s *ECSRole) rolePair(ctx context.Context, token, role string) (accesskey.Pair, error) {
	r, x, err := s.call(ctx, http.MethodGet, rolePath+role, fmt.Sprintf("get the pair of RAM role %q", role), tokenHeader, token)
	if err != nil {
		return accesskey.Pair{}, err
	}
	p, err := x.settle(r, form{decode: decodeFlat, temporary: true, hint: metadataHint, secrets: []string{token}}, s.now())
	if err != nil {
		return accesskey.Pair{}, err
	}
	p.Source = fmt.Sprintf("ECS RAM role %q", role)
	return p, nil
}

func metadataHint(status int, _ string) string {
	switch {
	case status == http.StatusNotFound:
		return hintNoRole + ", and check role_name if it is set: the role must be the attached one"
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return hintForbidden
	case status >= 300 && status < 400:
		return hintRedirect
	default:
		return hintMetadata
	}
}

// headerSafe reports whether a token may go into an HTTP header or a form as it is.
func headerSafe(token string) bool {
	return !strings.ContainsFunc(token, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}
