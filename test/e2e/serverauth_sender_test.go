package e2e

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// sender pushes to a gateway, one request after the other, until it is stopped.
type sender struct {
	gateway       *guardedGateway
	key           atomic.Pointer[harness.AccessKey]
	sent, refused atomic.Int64
	cancel        context.CancelFunc
	done          sync.WaitGroup
}

func startSender(gateway *guardedGateway, key harness.AccessKey) *sender {
	ctx, cancel := context.WithCancel(context.Background())
	s := &sender{gateway: gateway, cancel: cancel}
	s.key.Store(&key)
	s.done.Go(func() {
		for ctx.Err() == nil {
			status, err := gateway.push(ctx, *s.key.Load())
			if ctx.Err() != nil {
				return
			}
			s.sent.Add(1)
			if err != nil || status != http.StatusOK {
				s.refused.Add(1)
			}
		}
	})
	return s
}

func (s *sender) stop() {
	s.cancel()
	s.done.Wait()
}

// waitFor waits until n more requests have been answered.
func (s *sender) waitFor(t *testing.T, n int64) {
	t.Helper()
	before := s.sent.Load()
	until(t, "requests go on", func(context.Context) error {
		if s.sent.Load() < before+n {
			return errors.New("too few so far")
		}
		return nil
	})
}

// An instance that only sends, named to judge, and one that only judges, named to send, end the start with their names.
func TestAnInstanceOnTheWrongSideFailsAtStart(t *testing.T) {
	for name, test := range map[string]struct {
		override string
		says     []string
	}{
		"sender as judge": {
			"yaml:receivers::otlp::protocols::http::auth::authenticator: accesskey_auth",
			[]string{"receivers::otlp::protocols::http::auth::authenticator", "not a server authenticator"},
		},
		"judge as sender": {
			harness.ExporterSetting("http::auth::authenticator", "accesskey_auth/clients"),
			[]string{"exporters::managed_prometheus::http::auth::authenticator", "not a HTTP client authenticator"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGuardedGateway(t, "http", harness.NewAccessKey())
			g.settings.Overrides = append(g.settings.Overrides, test.override)
			_, err := harness.StartCollector(deadline(t, patience), g.settings)
			require.ErrorContains(t, err, "msp-collector ended")
			for _, part := range test.says {
				assert.ErrorContains(t, err, part)
			}
			t.Log(lastLineOf(err))
		})
	}
}

// lastLineOf an error that ends with a program's output: what it gave as the reason.
func lastLineOf(err error) string {
	text := strings.TrimSpace(err.Error())
	return text[strings.LastIndexByte(text, '\n')+1:]
}
