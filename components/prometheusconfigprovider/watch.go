package prometheusconfigprovider

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/confmap"
)

// pollEvery is how often the files are looked at. A change is taken when it was the same twice, so that no half-written file is.
const pollEvery = 2 * time.Second

// watchFile watches a file until the returned function is called, which waits for it.
func (p *provider) watchFile(f *file, watcher confmap.WatcherFunc) confmap.CloseFunc {
	if watcher == nil {
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.watch(ctx, f, watcher)
	}()
	return func(context.Context) error {
		cancel()
		<-ended
		return nil
	}
}

// watch tells the watcher of a change once, and ends.
func (p *provider) watch(ctx context.Context, f *file, watcher confmap.WatcherFunc) {
	ticker := time.NewTicker(p.every)
	defer ticker.Stop()
	var seen steady
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now := f.identity()
		if !seen.twice(now) || f.settled(now) || !f.changed() {
			continue
		}
		if p.fire() {
			watcher(&confmap.ChangeEvent{})
		}
		return
	}
}

// steady is what was seen last.
type steady struct{ last identity }

// twice is true of what was seen the last time, too.
func (s *steady) twice(now identity) bool {
	same := now == s.last
	s.last = now
	return same
}

// fire is true once for all files until the collector retrieves again. It keeps one event for the collector and no more, or else
// it would wait for a watcher that waits for it.
func (p *provider) fire() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	first := !p.fired
	p.fired = true
	return first
}
