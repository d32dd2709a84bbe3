package sts

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The parsers meet whatever answers at the configured address. Whatever the body: no panic; a pair is
// usable and ahead of its end; an error does not show the secret or token of the body, nor the request's.

func FuzzFlatAnswer(f *testing.F) {
	f.Add(200, goodFields().with("Code", "Success").encode(false))
	f.Add(404, fields{"Code": "EntityNotExist", "Message": "no " + testSecret}.encode(false))
	f.Fuzz(func(t *testing.T, status int, body []byte) { fuzzSettle(t, decodeFlat, status, body, false) })
}

func FuzzSTSAnswer(f *testing.F) {
	f.Add(200, goodFields().encode(true))
	f.Add(400, fields{"Code": "AuthenticationFail", "Message": "no " + testOIDC, "RequestId": "R"}.encode(false))
	f.Fuzz(func(t *testing.T, status int, body []byte) { fuzzSettle(t, decodeSTS, status, body, true) })
}

func fuzzSettle(t *testing.T, decode func([]byte) (answer, error), status int, body []byte, temporary bool) {
	now := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	x := exchange{source: "fuzz", action: "settle", endpoint: "http://h/"}
	p, err := x.settle(reply{status: status, body: body, served: now}, form{
		decode: decode, temporary: temporary, hint: stsHint, secrets: []string{testOIDC},
	}, now)
	if err == nil {
		require.Equal(t, http.StatusOK, status)
		require.NoError(t, p.Validate())
		require.True(t, p.Expiry.IsZero() || p.Expiry.After(now))
		require.True(t, !temporary || (p.SecurityToken != "" && !p.Expiry.IsZero()))
		return
	}
	require.Zero(t, p)
	assert.NotContains(t, err.Error(), testOIDC)
	assert.NotContains(t, err.Error(), "\n")
	a, decodeErr := decode(body)
	if decodeErr != nil {
		return
	}
	// Only values that cannot be part of our own words.
	for _, secret := range []string{string(a.grant.AccessKeySecret), string(a.grant.SecurityToken)} {
		if strings.HasPrefix(secret, "S3CR3T") || strings.HasPrefix(secret, "T0K3N") {
			assert.NotContains(t, err.Error(), secret)
		}
	}
}

func FuzzExpiry(f *testing.F) {
	f.Add("2026-01-02T03:04:05.123Z")
	f.Fuzz(func(t *testing.T, text string) {
		now := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
		end, err := expiry(text, now, time.Time{})
		if err == nil {
			require.True(t, end.After(now))
		}
	})
}
