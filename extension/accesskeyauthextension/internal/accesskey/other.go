package accesskey

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/msp-collector/msp-collector/components/diagnosis"
	"github.com/msp-collector/msp-collector/internal/secretfile"
)

// visible returns an error for a value with a character that a person cannot see, and that no AccessKey has.
func visible(name, value string) error {
	for i, r := range []rune(value) {
		switch {
		case !secretfile.Invisible(r):
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return fmt.Errorf("the %s holds white space or a control character at position %d: paste it again without it", name, i+1)
		default:
			return fmt.Errorf("the %s holds %U at position %d, which cannot be seen: type it again without it", name, r, i+1)
		}
	}
	return nil
}

// validateOther returns what makes credentials that are no AccessKey pair unusable in a header. Everything else is sent
// as it is: an endpoint may ask for a user alone, a password alone, or blanks.
func (p Pair) validateOther() error {
	name, password := "user name", "password"
	if p.Scheme != "" {
		name, password = "", p.Kind.String()
	}
	if p.AccessKeyID == "" && p.AccessKeySecret == "" {
		if p.Scheme != "" {
			return fmt.Errorf("the %s is empty", password)
		}
		return errors.New("the user name and the password are empty")
	}
	parts := []part{{name, p.AccessKeyID}, {password, string(p.AccessKeySecret)}}
	for _, part := range parts {
		if i := strings.IndexFunc(part.value, unicode.IsControl); i >= 0 {
			return fmt.Errorf("the %s holds a control character at position %d: keep one line without it", part.name, i+1)
		}
	}
	if err := placeholders("real value", parts); err != nil {
		return err
	}
	if strings.Contains(p.AccessKeyID, ":") {
		return errors.New("the user name holds a colon, which basic authentication cannot carry (RFC 7617)")
	}
	return nil
}

// Header returns the value of the Authorization header. The password of a temporary AccessKey pair is secret$token when
// appendToken is set.
func (p Pair) Header(appendToken bool) string {
	if p.Scheme != "" {
		return p.Scheme + " " + string(p.AccessKeySecret)
	}
	userinfo := p.AccessKeyID + ":" + string(p.AccessKeySecret) // RFC 7617
	if appendToken && p.SecurityToken != "" {
		userinfo += "$" + string(p.SecurityToken)
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(userinfo))
}

// OfUser returns basic authentication for any endpoint. It is an AccessKey pair when the user name looks like an
// AccessKey ID, so that it is spoken of as one; doubt is then what an endpoint of Alibaba Cloud would reject in it.
func OfUser(user, password string) (p Pair, doubt error) {
	p = Pair{AccessKeyID: user, AccessKeySecret: configopaque.String(password)}
	if strings.HasPrefix(user, "LTAI") || strings.HasPrefix(user, "STS.") {
		if doubt = p.Validate(); doubt == nil {
			return p, nil
		}
	}
	p.Kind = diagnosis.UserPassword
	return p, doubt
}
