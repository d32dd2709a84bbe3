package send

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What is shown of a request that got no answer has the cause, and no token that the URL's query may hold.
func TestErrorsHaveNoQuery(t *testing.T) {
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then is it noticed that the client has gone
		<-r.Context().Done()
	}))
	defer slow.Close()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	for name, row := range map[string]struct {
		url, says string
		timeout   time.Duration
	}{
		"nobody listens": {closed.URL, "connection refused", time.Minute},
		"too slow":       {slow.URL, "exceeded", 50 * time.Millisecond},
		"no URL":         {"http://127.0.0.1:x", "invalid port", time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			client := NewClient(row.url+"/api/v1/write?token=SESAME", false, nil, &http.Client{Timeout: row.timeout})
			defer client.CloseIdle()
			answer := client.Post(context.Background(), nil, []byte("x"))
			require.ErrorContains(t, answer.Err, row.says)
			verdict := Judge(answer, time.Now())
			require.Contains(t, verdict.Detail, row.says)
			require.NotContains(t, verdict.Detail, "SESAME")
			require.NotContains(t, verdict.Finding.Cause+verdict.Finding.Remedy, "SESAME")
			if name == "too slow" {
				var e net.Error
				require.ErrorAs(t, answer.Err, &e)
				require.True(t, e.Timeout(), "the diagnosis sees a timeout")
			}
		})
	}
}
