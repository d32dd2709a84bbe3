package sts

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/msp-collector/msp-collector/internal/filemode"
)

const maxTokenFile = 64 << 10

const (
	hintTokenFile      = "the pod needs a projected service account token for the audience sts.aliyuncs.com: enable RRSA for the cluster and have ack-pod-identity-webhook mount it"
	hintSTSUnreachable = "check DNS, network and proxy; inside a VPC set " + envSTSRegion + " and " + envVPCEndpoint + "=true"
	hintSTSToken       = "check that the token is fresh, for the audience sts.aliyuncs.com, and from the cluster of the OIDC provider"
	hintSTSTrust       = "check the role's trust policy: it must name the OIDC provider and match oidc:iss, oidc:aud and oidc:sub (system:serviceaccount:NAMESPACE:NAME)"
	hintSTSName        = "check the role ARN and the OIDC provider ARN"
	hintSTSThrottled   = "STS limits the rate of calls: it is asked again later"
	hintSTSFailed      = "STS failed: it is asked again at the next refresh"
	hintSTSDuration    = "lower duration, or raise the role's maximum session duration"
)

var (
	errTokenEmpty = errors.New("is empty")
	errTokenLarge = errors.New("is larger than 64 KiB")
)

// parameters of the call, in the RPC style common to Alibaba Cloud: no signature, as the token proves
// the caller; timestamp and nonce are common parameters of that style.
func (s *RRSA) parameters(token string) url.Values {
	v := url.Values{
		"Action":          {"AssumeRoleWithOIDC"},
		"Version":         {"2015-04-01"},
		"Format":          {"JSON"},
		"RoleArn":         {s.set.RoleARN},
		"OIDCProviderArn": {s.set.ProviderARN},
		"OIDCToken":       {token},
		"RoleSessionName": {s.set.SessionName},
		"DurationSeconds": {strconv.FormatInt(int64(s.set.Duration/time.Second), 10)},
		"Timestamp":       {s.now().UTC().Format("2006-01-02T15:04:05Z")},
		"SignatureNonce":  {rand.Text()},
	}
	return v
}

// readTokenFile returns the OIDC token; errors name the path and never the contents.
func readTokenFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read the OIDC token: %w; %s", filemode.Explain(err), hintTokenFile)
	}
	defer func() { _ = f.Close() }()
	content, err := io.ReadAll(io.LimitReader(f, maxTokenFile+1))
	if err != nil {
		return "", fmt.Errorf("read the OIDC token: %w; %s", filemode.Explain(err), hintTokenFile)
	}
	token := strings.TrimSpace(string(content))
	switch {
	case len(content) > maxTokenFile:
		err = errTokenLarge
	case token == "":
		err = errTokenEmpty
	case !headerSafe(token):
		err = errHeaderFormat
	default:
		return token, nil
	}
	return "", fmt.Errorf("the OIDC token file %q %w; %s", path, err, hintTokenFile)
}

// stsHint chooses the way out. STS has many codes and documents them loosely, so families are told
// apart by a word in the code; a wrong guess costs a less helpful hint only.
func stsHint(status int, code string) string {
	switch {
	case strings.HasPrefix(code, "Throttling"), status == http.StatusTooManyRequests:
		return hintSTSThrottled
	case strings.Contains(code, "OIDCToken"):
		return hintSTSToken
	case strings.Contains(code, "DurationSeconds"):
		return hintSTSDuration
	case strings.HasPrefix(code, "EntityNotExist"), strings.Contains(code, "Arn"):
		return hintSTSName
	case status >= 500:
		return hintSTSFailed
	case status >= 300 && status < 400:
		return hintRedirect
	default:
		return hintSTSTrust
	}
}
