package sts

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every source: the good answer, and what all answers can have wrong.

func TestLoad(t *testing.T) {
	end := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	for _, source := range testSources {
		t.Run(source.name, func(t *testing.T) {
			f := goodFields().with("Expiration", end.Format("2006-01-02T15:04:05Z"))
			if !source.nested {
				f = f.with("Code", "Success").with("LastUpdated", "2026-01-02T03:04:05Z")
			}
			p, err := source.make(t, answering(http.StatusOK, f.encode(source.nested))).Load(t.Context())
			require.NoError(t, err)
			assert.Equal(t, testID, p.AccessKeyID)
			assert.Equal(t, testSecret, string(p.AccessKeySecret))
			assert.Equal(t, testToken, string(p.SecurityToken))
			assert.True(t, end.Equal(p.Expiry), p.Expiry)
			assert.NotEmpty(t, p.Source)
		})
	}
}

func TestLoadIsSafeForConcurrentUse(t *testing.T) {
	for _, source := range testSources {
		t.Run(source.name, func(t *testing.T) {
			s := source.make(t, answering(http.StatusOK, goodFields().encode(source.nested)))
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					_, err := s.Load(t.Context())
					assert.NoError(t, err)
				})
			}
			wg.Wait()
		})
	}
}

// An idle connection would keep two goroutines of the transport alive for as long.
func TestLoadLeavesNoConnectionOpen(t *testing.T) {
	for _, source := range testSources {
		t.Run(source.name, func(t *testing.T) {
			_, err := source.make(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				assert.True(t, r.Close)
				answering(http.StatusOK, goodFields().encode(source.nested)).ServeHTTP(w, r)
			})).Load(t.Context())
			require.NoError(t, err)
		})
	}
}

func TestLoadFaultyAnswers(t *testing.T) {
	past := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	echo := "do not show " + testSecret + " " + testToken + "\nnor this"
	for _, tc := range []struct {
		name   string
		status int
		fields fields
		raw    string
		want   []string
	}{
		{name: "internal error", status: 500, raw: "<html>" + testSecret, want: []string{"HTTP status 500 Internal Server Error"}},
		{name: "unavailable, explained", status: 503, fields: fields{"Code": "ServiceUnavailable", "Message": "try later", "RequestId": "R-1"},
			want: []string{"503", "ServiceUnavailable", "try later", "R-1"}},
		{name: "empty", status: 200, raw: "", want: []string{errNotJSON.Error()}},
		{name: "malformed", status: 200, raw: `{"AccessKeySecret":"` + testSecret + `"`, want: []string{errNotJSON.Error()}},
		{name: "not an object", status: 200, raw: `["` + testSecret + `"]`, want: []string{errNotJSON.Error()}},
		{name: "null", status: 200, raw: `null`, want: []string{"lacks AccessKeyId, AccessKeySecret"}},
		{name: "wrong type", status: 200, fields: goodFields().with("AccessKeySecret", 7), want: []string{errNotJSON.Error()}},
		{name: "no id", status: 200, fields: goodFields().without("AccessKeyId"), want: []string{"lacks AccessKeyId"}},
		{name: "no secret", status: 200, fields: goodFields().without("AccessKeySecret"), want: []string{"lacks AccessKeySecret"}},
		{name: "white space in the secret", status: 200, fields: goodFields().with("AccessKeySecret", testSecret+"\n"), want: []string{"white space"}},
		{name: "not Success", status: 200, fields: goodFields().with("Code", "Failed").with("Message", echo).with("RequestId", "R-2"),
			want: []string{"HTTP status 200 OK", "Failed", "do not show [REDACTED] [REDACTED] nor this", "R-2"}},
		{name: "bad time", status: 200, fields: goodFields().with("Expiration", testSecret), want: []string{errExpiration.Error()}},
		{name: "expired", status: 200, fields: goodFields().with("Expiration", past), want: []string{errExpired.Error(), "clock skew"}},
		{name: "oversized", status: 200, raw: strings.Repeat(testSecret, maxBody/len(testSecret)+1), want: []string{"larger than 64 KiB"}},
	} {
		for _, source := range testSources {
			t.Run(tc.name+"/"+source.name, func(t *testing.T) {
				body := []byte(tc.raw)
				if tc.fields != nil {
					body = tc.fields.encode(source.nested)
				}
				p, err := source.make(t, answering(tc.status, body)).Load(t.Context())
				requireSafe(t, err)
				assert.Zero(t, p)
				for _, want := range append(tc.want, source.name+": ", " at http://127.0.0.1:") {
					assert.ErrorContains(t, err, want)
				}
			})
		}
	}
}

func TestLoadTemporaryNeedsTokenAndExpiration(t *testing.T) {
	for _, source := range testSources[:2] {
		t.Run(source.name, func(t *testing.T) {
			body := goodFields().without("SecurityToken").without("Expiration").encode(source.nested)
			_, err := source.make(t, answering(http.StatusOK, body)).Load(t.Context())
			requireSafe(t, err)
			assert.ErrorContains(t, err, "lacks SecurityToken, Expiration")
		})
	}
}

func TestLoadFollowsNoRedirect(t *testing.T) {
	for _, source := range testSources {
		t.Run(source.name, func(t *testing.T) {
			elsewhere := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("redirect followed") }))
			_, err := source.make(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, elsewhere.URL+"/"+testSecret, http.StatusTemporaryRedirect)
			})).Load(t.Context())
			requireSafe(t, err)
			assert.ErrorContains(t, err, "HTTP status 307")
			assert.ErrorContains(t, err, "redirects are not followed")
		})
	}
}

func TestLoadHonoursContext(t *testing.T) {
	for _, source := range testSources {
		for name, stage := range map[string]func(http.ResponseWriter){
			"before the headers": func(http.ResponseWriter) {},
			"within the body": func(w http.ResponseWriter) {
				_, _ = w.Write([]byte(`{"AccessKeySecret":"` + testSecret))
				_ = http.NewResponseController(w).Flush()
			},
		} {
			t.Run(source.name+"/"+name, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				s := source.make(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					_ = r.ParseForm() // a body left unread would hide the client's going away
					stage(w)
					cancel()
					<-r.Context().Done()
				}))
				_, err := s.Load(ctx)
				requireSafe(t, err)
				require.ErrorIs(t, err, context.Canceled)
			})
		}
	}
}

func TestLoadHonoursDeadlineAndTimeout(t *testing.T) {
	hang := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		<-r.Context().Done()
	})
	for _, source := range testSources {
		t.Run(source.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
			defer cancel()
			_, err := source.make(t, hang).Load(ctx)
			requireSafe(t, err)
			require.ErrorIs(t, err, context.DeadlineExceeded)

			own := source.make(t, hang)
			setTimeout(own, 30*time.Millisecond)
			_, err = own.Load(t.Context())
			requireSafe(t, err)
			require.ErrorIs(t, err, context.DeadlineExceeded)
		})
	}
}

func setTimeout(s loader, d time.Duration) {
	switch s := s.(type) {
	case *ECSRole:
		s.timeout = d
	case *RRSA:
		s.timeout = d
	case *URI:
		s.timeout = d
	}
}
