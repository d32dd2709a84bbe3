package accesskeyauthextension

import (
	"time"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
)

// credential is a pair ready to be sent. It is never changed after newCredential, so a request that
// loads it once can not mix two rotations, and the header value may be shared by all requests.
type credential struct {
	pair   accesskey.Pair
	header []string
	since  time.Time // when the pair was written, as far as known
}

// newCredential computes the Authorization header. This is the one place where the secret leaves its opaque type.
func newCredential(pair accesskey.Pair, appendToken bool, since time.Time) *credential {
	return &credential{pair: pair, header: []string{pair.Header(appendToken)}, since: since}
}

// same reports whether both send the same header.
func (c *credential) same(d *credential) bool {
	return c == d || (c != nil && d != nil && c.header[0] == d.header[0])
}

// usable reports whether there is a pair, and one that has not ended.
func (c *credential) usable() bool {
	return c != nil && (c.pair.Expiry.IsZero() || !c.endedAt(time.Now()))
}

func (c *credential) endedAt(now time.Time) bool {
	return !c.pair.Expiry.IsZero() && !now.Before(c.pair.Expiry)
}
