package supervisor

import (
	"context"
	"os"
	"sync"
	"time"

	"go.opentelemetry.io/collector/confmap"
	"go.uber.org/zap"
)

// run reloads on SIGHUP, when a provider reports a change and, with retry, at intervals while a configuration is refused. It ends
// with ctx, or when the resolver is closed.
func (s *source) run(ctx context.Context, hangup <-chan os.Signal, retry bool) {
	ticker := time.NewTicker(retryEvery)
	defer ticker.Stop()
	for {
		asked := false
		select {
		case <-ctx.Done():
			return
		case <-hangup:
			asked = true
		case err, open := <-s.resolver.Watch():
			if !open {
				return
			}
			if err != nil {
				s.logger.Error("The configuration cannot be watched for changes: send SIGHUP after a change", zap.Error(err))
				continue
			}
		case <-ticker.C:
			if !retry || !s.pending() {
				continue
			}
		}
		if s.reload(ctx, asked) {
			s.notify.send()
		}
	}
}

// watch keeps how to reach the Collector that just got its configuration.
func (s *source) watch(watcher confmap.WatcherFunc) { s.notify.to(watcher) }

// notifier reports changes to the Collector, which takes one at a time and may be busy: a report waits in a goroutine. It is safe for
// concurrent use.
type notifier struct {
	mu      sync.Mutex
	watcher confmap.WatcherFunc
	waiting bool // a report that the Collector has not taken; it will read everything offered until then
	closed  bool
}

func (n *notifier) to(watcher confmap.WatcherFunc) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.watcher = watcher
}

func (n *notifier) send() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.waiting || n.closed || n.watcher == nil {
		return
	}
	n.waiting = true
	watcher := n.watcher
	go func() {
		// The Collector closes the channel behind watcher when it ends, which a report that still waits meets as a panic.
		defer func() { _ = recover() }()
		defer n.sent()
		watcher(&confmap.ChangeEvent{})
	}()
}

func (n *notifier) sent() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.waiting = false
}

func (n *notifier) close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed = true
}
