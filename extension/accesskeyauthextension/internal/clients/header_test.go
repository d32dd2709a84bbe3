package clients

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// parseHeader is both steps of the parser, as judge runs them.
func parseHeader(authorization string) (credentials, bool) {
	token, ok := basicToken(authorization)
	if !ok {
		return credentials{}, false
	}
	return decodeToken(token)
}

func token(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func TestParseHeaderAccepts(t *testing.T) {
	for header, want := range map[string]credentials{
		"Basic " + token("id:secret"):                {"id", "secret"},
		"bASIC " + token("id:secret"):                {"id", "secret"},
		"Basic    " + token("id:secret"):             {"id", "secret"},
		"Basic " + token("id:with:colons:"):          {"id", "with:colons:"},
		"Basic " + token("id:"):                      {"id", ""},
		"Basic " + token("id: spaces "):              {"id", " spaces "},
		"Basic " + token("id:münzen"):                {"id", "münzen"},
		"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==":         {"Aladdin", "open sesame"}, // RFC 7617 section 2
		"Basic " + token("STS.id:secret$token/+==="): {"STS.id", "secret$token/+==="},
	} {
		got, ok := parseHeader(header)
		assert.True(t, ok, header)
		assert.Equal(t, want, got, header)
	}
}

func TestParseHeaderRefuses(t *testing.T) {
	for name, header := range map[string]string{
		"empty":                   "",
		"scheme alone":            "Basic",
		"scheme and space":        "Basic ",
		"no space":                "Basic" + token("id:secret"),
		"tab":                     "Basic\t" + token("id:secret"),
		"other scheme":            "Bearer " + token("id:secret"),
		"longer scheme":           "Basics " + token("id:secret"),
		"unicode fold":            "Ba\u017fic " + token("id:secret"),
		"leading space":           " Basic " + token("id:secret"),
		"trailing space":          "Basic " + token("id:secret") + " ",
		"two tokens":              "Basic " + token("id:secret") + "," + token("id:secret"),
		"not base64":              "Basic !!!!",
		"url alphabet":            "Basic " + base64.URLEncoding.EncodeToString([]byte("id:\u00ff\u00fe\u00bf\u00fb??>>")),
		"no padding":              "Basic " + strings.TrimRight(token("id:secret1"), "="),
		"line break":              "Basic " + token("id:secret")[:4] + "\n" + token("id:secret")[4:],
		"not canonical":           "Basic aWQ6cw=" + "=" + "=",
		"trailing bits":           "Basic aWQ6c3==",
		"no colon":                "Basic " + token("idsecret"),
		"no id":                   "Basic " + token(":secret"),
		"control in id":           "Basic " + token("i\x00d:secret"),
		"control in secret":       "Basic " + token("id:sec\x7fret"),
		"line break in secret":    "Basic " + token("id:secret\n"),
		"longer than the bound":   "Basic " + token("id:"+strings.Repeat("s", maxAuthorization)),
		"spaces beyond the bound": "Basic" + strings.Repeat(" ", maxAuthorization) + token("id:secret"),
	} {
		_, ok := parseHeader(header)
		assert.False(t, ok, name)
	}
}

func TestLongestPairFits(t *testing.T) {
	secret := strings.Repeat("s", (maxAuthorization-len("Basic "))/4*3-len("id:"))
	assert.True(t, fitsHeader("id", secret))
	assert.False(t, fitsHeader("id", secret+"s"))
	got, ok := parseHeader(basic("id", secret))
	assert.True(t, ok)
	assert.Equal(t, credentials{"id", secret}, got)
}
