package clients

import (
	"encoding/base64"
	"strings"
)

// maxAuthorization bounds the header before anything is computed from it. Ids and secrets are tens
// of bytes long; the file parser holds entries to the same bound.
const maxAuthorization = 4096

// credentials are what a Basic header carries. The id is never empty.
type credentials struct{ id, secret string }

// basicToken returns the token of a Basic header (RFC 9110 section 11.4: the scheme in any case, one
// or more spaces, token68). It does not decode it.
func basicToken(authorization string) (string, bool) {
	const scheme = "Basic"
	if len(authorization) > maxAuthorization || len(authorization) <= len(scheme) {
		return "", false
	}
	// Cut by length first: Unicode folding knows longer spellings of these letters.
	if !strings.EqualFold(authorization[:len(scheme)], scheme) {
		return "", false
	}
	rest := authorization[len(scheme):]
	token := strings.TrimLeft(rest, " ")
	return token, token != "" && len(token) < len(rest)
}

// decodeToken reads the user-id and password of a token (RFC 7617 section 2). Only the canonical
// base64 spelling is taken, so one pair has one token and the cache cannot be filled with variants of
// it. Control characters are refused as the RFC demands; it matters, for bcrypt repeats its key after
// a NUL and would take "a\x00a" for "a".
func decodeToken(token string) (credentials, bool) {
	// The decoder skips line breaks, even the strict one.
	if strings.ContainsAny(token, "\r\n") {
		return credentials{}, false
	}
	decoded, err := base64.StdEncoding.Strict().DecodeString(token)
	if err != nil {
		return credentials{}, false
	}
	id, secret, ok := strings.Cut(string(decoded), ":")
	if !ok || id == "" || strings.ContainsFunc(id, isControl) || strings.ContainsFunc(secret, isControl) {
		return credentials{}, false
	}
	return credentials{id: id, secret: secret}, true
}

// isControl is CTL of RFC 5234 appendix B.1.
func isControl(r rune) bool { return r < 0x20 || r == 0x7f }

// fitsHeader reports whether a client could send the pair at all.
func fitsHeader(id, secret string) bool {
	return len("Basic ")+base64.StdEncoding.EncodedLen(len(id)+1+len(secret)) <= maxAuthorization
}
