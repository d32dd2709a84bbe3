package sts

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestExpiry(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	want := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, text := range []string{
		"2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z", "2026-01-02T03:04:05.000000000Z", "2026-01-02T11:04:05+08:00", " 2026-01-02T03:04:05Z ",
	} {
		got, err := expiry(text, now, now)
		require.NoError(t, err, text)
		assert.True(t, want.Equal(got), text)
	}
	for _, text := range []string{"tomorrow", "2026-01-02", "2026-01-02T03:04:05", "1767323045", "2026-13-02T03:04:05Z"} {
		_, err := expiry(text, now, now)
		require.ErrorIs(t, err, errExpiration, text)
	}
	for _, text := range []string{"2026-01-02T03:00:00Z", "2026-01-02T02:59:59.999Z", "0001-01-01T00:00:00Z"} {
		_, err := expiry(text, now, now)
		require.ErrorIs(t, err, errExpired, text)
	}
}

func TestClockReport(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	assert.Contains(t, clockReport(now, time.Time{}), "says 2026-01-02T03:00:00Z and the answer has no Date")
	assert.Contains(t, clockReport(now, now.Add(-2*time.Hour)), "2h0m0s ahead")
	assert.Contains(t, clockReport(now, now.Add(2*time.Hour)), "2h0m0s behind")
	assert.Contains(t, clockReport(now, now.Add(-time.Second)), "no clock skew")
}

// A host whose clock runs ahead sees every fresh pair expired; the Date header tells it why.
func TestLoadReportsClockSkew(t *testing.T) {
	served := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, date := range []string{"server", "none", "nonsense"} {
		t.Run(date, func(t *testing.T) {
			s := newTestURI(t, serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Date", served.Format(http.TimeFormat))
				switch date {
				case "none":
					w.Header()["Date"] = nil
				case "nonsense":
					w.Header().Set("Date", testSecret)
				}
				fresh := goodFields().with("Expiration", served.Add(time.Hour).Format(time.RFC3339))
				answering(http.StatusOK, fresh.encode(false)).ServeHTTP(w, r)
			})).URL)
			s.now = func() time.Time { return served.Add(26 * time.Hour) }
			_, err := s.Load(t.Context())
			requireSafe(t, err)
			require.ErrorIs(t, err, errExpired)
			if date == "server" {
				assert.ErrorContains(t, err, "clock skew: the clock of this host is 26h0m0s ahead of the endpoint's")
			} else {
				assert.ErrorContains(t, err, "no Date to compare")
			}
		})
	}
}

func TestPresentable(t *testing.T) {
	assert.Equal(t, "a  b", presentable(" a\r\nb\x00", nil))
	assert.Equal(t, "x [REDACTED] y", presentable("x s3 cret y", []string{"", "s3\ncret"}))
	assert.Equal(t, "a.b", presentable("a.b", []string{"b.a"}), "short parts of a token are words")
	assert.Len(t, presentable(strings.Repeat("m", 9000), nil), maxQuoted+len("..."))
}
