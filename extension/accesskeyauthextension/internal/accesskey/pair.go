// Package accesskey holds the AccessKey pair: the one value that sources produce and requests carry.
package accesskey

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/msp-collector/msp-collector/components/diagnosis"
)

// Pair is one AccessKey pair, permanent or temporary (STS). It is a value: whoever holds one holds an
// id, a secret and a token of the same rotation. Printing or encoding it never shows the secret.
type Pair struct {
	AccessKeyID     string
	AccessKeySecret configopaque.String
	// SecurityToken is set for a temporary pair issued by STS.
	SecurityToken configopaque.String
	// Expiry is the end of a temporary pair; zero means that it does not expire, or that its end is unknown.
	Expiry time.Time
	// Kind says what this is. Of what is no AccessKey pair, AccessKeyID is the user name and AccessKeySecret the password
	// or token.
	Kind diagnosis.Credential
	// Scheme is what an Authorization header begins with, empty for basic authentication.
	Scheme string
	// Source says where the pair comes from, for people: a path, an environment variable, a URL.
	Source string
}

// ErrIncomplete says that the id or the secret is missing.
var ErrIncomplete = errors.New("the AccessKey pair is incomplete")

// New makes a permanent pair, or with a token a temporary one of unknown expiry, and validates it.
func New(id, secret, token, source string) (Pair, error) {
	p := Pair{
		AccessKeyID:     id,
		AccessKeySecret: configopaque.String(secret),
		SecurityToken:   configopaque.String(token),
		Source:          source,
	}
	return p, p.Validate()
}

// Validate reports what makes the pair unusable in a basic-auth header. Shape is not judged: the
// service documents neither length nor character set (reference: RAM CreateAccessKey).
func (p Pair) Validate() error {
	if p.Kind != diagnosis.AccessKeyPair {
		return p.validateOther()
	}
	if p.AccessKeyID == "" {
		return fmt.Errorf("%w: the AccessKey ID is empty", ErrIncomplete)
	}
	if p.AccessKeySecret == "" {
		return fmt.Errorf("%w: the AccessKey secret is empty", ErrIncomplete)
	}
	parts := []part{
		{"AccessKey ID", p.AccessKeyID},
		{"AccessKey secret", string(p.AccessKeySecret)},
		{"security token", string(p.SecurityToken)},
	}
	for _, part := range parts {
		if err := visible(part.name, part.value); err != nil {
			return err
		}
	}
	if err := placeholders("real value from the RAM console", parts); err != nil {
		return err
	}
	if strings.Contains(p.AccessKeyID, ":") {
		return errors.New("the AccessKey ID holds a colon, which basic authentication cannot carry (RFC 7617)")
	}
	return nil
}

// Temporary reports whether the pair ends by itself, at a time that may be unknown.
func (p Pair) Temporary() bool { return p.SecurityToken != "" || !p.Expiry.IsZero() }

// Doubt says what is odd about the pair though it may be right: shape is no rule, only a habit
// (ids begin with LTAI or STS., secrets have 30 characters).
func (p Pair) Doubt() string {
	if strings.HasPrefix(string(p.AccessKeySecret), "LTAI") {
		return "the AccessKey secret looks like an AccessKey ID: see that the two are not swapped"
	}
	if looksLikeSecret(p.AccessKeyID) {
		return "the AccessKey ID looks like an AccessKey secret: see that the two are not swapped"
	}
	return ""
}

// MaskedID is the id as it may be shown: the first and the last four characters, LTAI****abcd.
func (p Pair) MaskedID() string { return MaskID(p.AccessKeyID) }

// looksLikeSecret reports the usual shape of a secret, 30 characters without the prefix of an id.
func looksLikeSecret(id string) bool {
	return len(id) == 30 && !strings.HasPrefix(id, "LTAI") && !strings.HasPrefix(id, "STS.")
}

// MaskID shortens an AccessKey ID for logs; one of fewer than twelve characters, or that may be a
// secret in the wrong place, is masked whole.
func MaskID(id string) string {
	if len(id) < 12 || looksLikeSecret(id) {
		return "****"
	}
	return id[:4] + "****" + id[len(id)-4:]
}

// String makes %v and %s safe: the masked id and the source.
func (p Pair) String() string { return fmt.Sprintf("%s from %s", p.MaskedID(), p.Source) }

// GoString makes %#v safe.
func (p Pair) GoString() string { return "accesskey.Pair(" + p.String() + ")" }
