package accesskeyauthextension

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
)

func TestRedact(t *testing.T) {
	pair, err := accesskey.New(oldID, "ses/a+me", "CAIS/sim+sim==", "a test")
	require.NoError(t, err)
	cred := newCredential(pair, true, time.Time{})
	encoded := strings.TrimRight(strings.TrimPrefix(cred.header[0], "Basic "), "=")
	for text, want := range map[string]string{
		"got ses/a+me, CAIS/sim+sim== and " + encoded: "got [REDACTED], [REDACTED] and [REDACTED]",
		"Basic " + encoded:                            "Basic [REDACTED]",
		"password=ses/a+me$CAIS/sim+sim==":            "password=[REDACTED]$[REDACTED]",
		"?s=ses%2Fa%2Bme&t=CAIS%2Fsim%2Bsim%3D%3D":    "?s=[REDACTED]&t=[REDACTED]",
		"AccessKeyId not found: " + oldID:             "AccessKeyId not found: LTAI****ld01",
		`{"s":"ses\/a+me","t":"CAIS\/sim+sim=="}`:     `{"s":"[REDACTED]","t":"[REDACTED]"}`,
	} {
		resp := &http.Response{Body: io.NopCloser(strings.NewReader(text)), ContentLength: int64(len(text))}
		answer := redact(resp, cred)
		clean, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.Equal(t, want, string(clean))
		require.Equal(t, want, answer)
		require.Equal(t, int64(len(clean)), resp.ContentLength)
	}
}

// The id of a client of ours may be a word that explains the answer.
func TestRedactLeavesShortIDs(t *testing.T) {
	cred := newCredential(accesskey.Pair{AccessKeyID: "agent", AccessKeySecret: "sesame"}, true, time.Time{})
	const text = "the agent is not known"
	resp := &http.Response{Body: io.NopCloser(strings.NewReader(text)), ContentLength: int64(len(text))}
	require.Equal(t, text, redact(resp, cred))
}

func TestRedactKeepsLongAndBrokenAnswers(t *testing.T) {
	cred := newCredential(accesskey.Pair{AccessKeyID: oldID, AccessKeySecret: "sesame"}, true, time.Time{})
	long := strings.Repeat("x", maxRedact+10)
	resp := &http.Response{Body: io.NopCloser(strings.NewReader(long)), ContentLength: -1}
	require.Len(t, redact(resp, cred), maxQuote)
	clean, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, long, string(clean))

	reset := errors.New("reset")
	resp.Body = io.NopCloser(io.MultiReader(strings.NewReader("half"), iotest.ErrReader(reset)))
	require.Equal(t, "half", redact(resp, cred))
	_, err = io.ReadAll(resp.Body)
	require.ErrorIs(t, err, reset)
}
