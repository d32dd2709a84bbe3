package accesskeyauthextension

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
)

// A service that fails in one way and then in another is told of twice, however its texts change.
func TestSecondCauseOfAFailingServiceIsTold(t *testing.T) {
	var mu sync.Mutex
	status, code, asked := http.StatusInternalServerError, "InternalError", 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked++
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `{"Code":%q,"Message":"no","RequestId":"%d"}`, code, asked)
	}))
	t.Cleanup(server.Close)
	cfg := createDefaultConfig().(*Config)
	cfg.URI = configoptional.Some(URIConfig{URL: configopaque.String(server.URL)})
	r := startRig(t, cfg, nil)
	told := func() int { return r.logs.FilterMessage("No AccessKey pair yet, requests wait for it").Len() }
	r.load(context.Background())
	r.load(context.Background())
	require.Equal(t, 1, told())

	mu.Lock()
	status, code = http.StatusForbidden, "NoPermission"
	mu.Unlock()
	r.load(context.Background())
	r.load(context.Background())
	require.Equal(t, 2, told())

	server.Close()
	r.load(context.Background())
	require.Equal(t, 3, told())
}

// What came without an answer may have another text each time: it is told once a minute.
func TestChangedTextIsToldOnceAMinute(t *testing.T) {
	now := time.Now()
	told := toldFailure{err: errors.New("read udp :4001: i/o timeout"), at: now}
	other := errors.New("read udp :4002: i/o timeout")
	require.True(t, told.covers(other, true, now.Add(retellInterval-1)))
	require.False(t, told.covers(other, true, now.Add(retellInterval)))
	require.False(t, told.covers(other, false, now), "files do not change their words")
	require.True(t, told.covers(told.err, true, now.Add(time.Hour)))
	require.False(t, told.covers(context.DeadlineExceeded, true, now), "another reason")
	require.False(t, toldFailure{}.covers(other, true, now))
}

func TestFailureReasons(t *testing.T) {
	for want, err := range map[string]error{
		"missing":     fs.ErrNotExist,
		"permission":  fs.ErrPermission,
		"timeout":     &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded},
		"unreachable": &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)},
		"invalid":     errors.New("half a pair"),
	} {
		require.Equal(t, want, failureReason(fmt.Errorf("rrsa: %w", err)))
		require.Contains(t, failureReasons, want)
	}
	require.Equal(t, "timeout", failureReason(context.DeadlineExceeded))
	require.Equal(t, "unreachable", failureReason(&net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}))
	require.Equal(t, "unreachable", failureReason(&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.EACCES)}))
}
