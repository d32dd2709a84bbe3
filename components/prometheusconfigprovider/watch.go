package prometheusconfigprovider

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/confmap"
)

// pollEvery is how often the files are looked at. A change is taken when it was the same twice, so that no half-written file is.
const pollEvery = 2 * time.Second

// watchFile watches a file until the returned function is called, which waits until nobody looks at it any more.
func (p *provider) watchFile(f *file, watcher confmap.WatcherFunc) confmap.CloseFunc {
	if watcher == nil {
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		first := p.watch(ctx, f) && p.fire()
		close(ended)
		if first {
			p.tell(watcher)
		}
	}()
	return func(context.Context) error {
		cancel()
		<-ended
		return nil
	}
}

// watch returns true at a change, and false when nobody wants to know of one any more.
func (p *provider) watch(ctx context.Context, f *file) bool {
	ticker := time.NewTicker(p.every)
	defer ticker.Stop()
	var seen steady
	for {
		select {
		case <-ctx.Done():
			return false
		case <-ticker.C:
		}
		if now := f.identity(); seen.twice(now) && !f.settled(now) && f.changed() {
			return true
		}
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

// fire is true once for all files until the collector retrieves again.
func (p *provider) fire() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	first := !p.fired
	p.fired, p.telling = true, p.telling || first
	return first
}

// tell tells the collector of a change. It has room for one event, and when it reloads on a signal it does not read the event
// that is there: then this waits until the collector has nothing else to do, and nobody may wait for this. When the collector
// ends instead, the event has nowhere to go, and what the collector closes panics.
func (p *provider) tell(watcher confmap.WatcherFunc) {
	defer func() {
		_ = recover()
		p.mu.Lock()
		defer p.mu.Unlock()
		p.telling = false
	}()
	watcher(&confmap.ChangeEvent{})
}
