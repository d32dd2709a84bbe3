package sts

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
)

// RRSA (RAM Roles for Service Accounts) fetches the pair of a RAM role for a pod of ACK: it exchanges
// the pod's OIDC token by the unsigned STS call AssumeRoleWithOIDC
// (https://alibabacloud.com/help/en/ram/api-assumerolewithoidc).
type RRSA struct {
	set       RRSASettings // resolved
	endpoint  *url.URL
	timeout   time.Duration
	transport http.RoundTripper
	now       func() time.Time
}

// NewRRSA resolves and checks the settings; it reads no file and makes no request. When neither the
// settings nor the environment name anything the error is ErrNotConfigured.
func NewRRSA(set RRSASettings) (*RRSA, error) {
	set = set.resolve()
	if err := set.complete(); err != nil {
		return nil, fmt.Errorf("rrsa: %w", err)
	}
	var errs []error
	if !sessionNames.MatchString(set.SessionName) {
		errs = append(errs, fmt.Errorf("rrsa: session_name %q %w", set.SessionName, errSessionName))
	}
	if set.Duration < minDuration {
		errs = append(errs, fmt.Errorf("rrsa: duration %s %w", set.Duration, errDuration))
	}
	endpoint, err := set.endpoint()
	if err != nil {
		errs = append(errs, fmt.Errorf("rrsa: %w", err))
	}
	timeout, err := timeoutOr(set.Timeout, defaultSTSTimeout)
	if err != nil {
		errs = append(errs, fmt.Errorf("rrsa: %w", err))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return &RRSA{set: set, endpoint: endpoint, timeout: timeout, transport: newTransport(proxyFor(endpoint)), now: time.Now}, nil
}

// Load reads the token file anew, since the kubelet rotates it, and makes the one request.
func (s *RRSA) Load(ctx context.Context) (accesskey.Pair, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	token, err := readTokenFile(s.set.TokenFile)
	if err != nil {
		return accesskey.Pair{}, fmt.Errorf("rrsa: %w", err)
	}
	x := exchange{source: "rrsa", action: fmt.Sprintf("assume role %q with the OIDC token", s.set.RoleARN), endpoint: presentableURL(s.endpoint)}
	body := strings.NewReader(s.parameters(token).Encode())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.endpoint.String(), body)
	if err != nil {
		return accesskey.Pair{}, x.fail(errNotURL, "")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	r, err := fetch(s.transport, req)
	if err != nil {
		return accesskey.Pair{}, x.fail(err, hintSTSUnreachable)
	}
	p, err := x.settle(r, form{decode: decodeSTS, temporary: true, hint: stsHint, secrets: []string{token}}, s.now())
	if err != nil {
		return accesskey.Pair{}, err
	}
	p.Source = fmt.Sprintf("RRSA role %q", s.set.RoleARN)
	return p, nil
}
