package sts

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
)

var errNotJSON = errors.New("the answer is not a JSON object of the documented form")

// grant is a pair as STS, the metadata service and a credentials server all spell it.
type grant struct {
	AccessKeyID     string `json:"AccessKeyId"`
	AccessKeySecret configopaque.String
	SecurityToken   configopaque.String
	Expiration      string
}

// answer is either a refusal or a grant; an answer that does not decode is neither.
type answer struct {
	refusal
	grant grant
}

// decodeFlat reads the form of the metadata service and of a credentials server: all fields in one object.
func decodeFlat(body []byte) (answer, error) {
	var flat struct {
		refusal
		grant
	}
	if err := json.Unmarshal(body, &flat); err != nil {
		return answer{}, errNotJSON // the cause may quote the answer
	}
	return answer{refusal: flat.refusal, grant: flat.grant}, nil
}

// decodeSTS reads the form of AssumeRoleWithOIDC: the grant is in Credentials.
func decodeSTS(body []byte) (answer, error) {
	var nested struct {
		refusal
		Credentials grant
	}
	if err := json.Unmarshal(body, &nested); err != nil {
		return answer{}, errNotJSON
	}
	return answer{refusal: nested.refusal, grant: nested.Credentials}, nil
}

// refuses: "Success" is what the metadata service puts into an answer with a pair; STS leaves Code out then.
func (a answer) refuses() bool { return a.Code != "" && a.Code != "Success" }

// form is what a source expects in an answer.
type form struct {
	decode    func([]byte) (answer, error)
	temporary bool // whether the token and the expiration are required
	hint      func(status int, code string) string
	secrets   []string // what the request carried, never to be shown
}

// settle turns a reply into the pair it grants, or into the error that says why it grants none.
func (x exchange) settle(r reply, f form, now time.Time) (accesskey.Pair, error) {
	a, err := f.decode(r.body)
	if r.status != http.StatusOK || a.refuses() {
		secrets := append([]string{string(a.grant.AccessKeySecret), string(a.grant.SecurityToken)}, f.secrets...)
		return accesskey.Pair{}, x.refused(r.status, a.refusal, f.hint(r.status, a.Code), secrets...)
	}
	if err != nil {
		return accesskey.Pair{}, x.fail(err, "check that the endpoint is the service and not a proxy or a login page")
	}
	p, err := a.grant.pair(f.temporary, now, r.served)
	if err != nil {
		return accesskey.Pair{}, x.fail(err, "")
	}
	return p, nil
}

// pair checks the grant; served is the clock of the service and may be zero.
func (g grant) pair(temporary bool, now, served time.Time) (accesskey.Pair, error) {
	if missing := g.missing(temporary); len(missing) > 0 {
		return accesskey.Pair{}, fmt.Errorf("the answer lacks %s", strings.Join(missing, ", "))
	}
	p := accesskey.Pair{AccessKeyID: g.AccessKeyID, AccessKeySecret: g.AccessKeySecret, SecurityToken: g.SecurityToken}
	if err := p.Validate(); err != nil {
		return accesskey.Pair{}, err
	}
	if g.Expiration == "" {
		return p, nil
	}
	var err error
	p.Expiry, err = expiry(g.Expiration, now, served)
	return p, err
}

func (g grant) missing(temporary bool) []string {
	var missing []string
	for _, field := range []struct {
		name     string
		required bool
		value    string
	}{
		{"AccessKeyId", true, g.AccessKeyID},
		{"AccessKeySecret", true, string(g.AccessKeySecret)},
		{"SecurityToken", temporary, string(g.SecurityToken)},
		{"Expiration", temporary, g.Expiration},
	} {
		if field.required && field.value == "" {
			missing = append(missing, field.name)
		}
	}
	return missing
}
