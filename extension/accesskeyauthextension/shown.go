package accesskeyauthextension

import (
	"net/url"
	"time"

	"github.com/msp-collector/msp-collector/components/status"
)

// Pair implements status.PairHolder: what may be shown of the pair that is sent to a URL.
func (a *accessKeyAuth) Pair(raw string) status.Pair {
	current := a.current.Load()
	shown := status.Pair{State: status.PairMissing, MaxAge: status.Seconds(a.cfg.MaxAge.Seconds())}
	a.mu.Lock()
	shown.LastRead = a.read
	if a.loadErr != nil {
		shown.Problem = a.loadErr.Error()
	}
	a.mu.Unlock()
	if current == nil {
		return shown
	}
	inUse := current
	if current.usable() {
		shown.State = status.PairUnknown
		if u, err := url.Parse(raw); err == nil {
			inUse = a.destinations.of(u).show(&shown, current, a.cfg.FallbackFor)
		}
	}
	shown.ID, shown.Source = inUse.pair.MaskedID(), inUse.pair.Source
	shown.Since, shown.Expiry, shown.Temporary = inUse.since, inUse.pair.Expiry, inUse.pair.Temporary()
	shown.Age = status.Seconds(time.Since(inUse.since).Seconds())
	return shown
}

// show fills in what the destination thinks of the pair, and returns the one that is sent there.
func (d *destination) show(shown *status.Pair, current *credential, fallbackFor time.Duration) *credential {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.seen || !d.judged.same(current) {
		return current
	}
	shown.State = d.state.String()
	if d.state == fallback || d.state == refused {
		shown.Refusal = d.said.shown()
	}
	if d.state != fallback || d.proven == nil {
		return current
	}
	shown.RefusedID, shown.Until = current.pair.MaskedID(), d.fallbackUntil(fallbackFor)
	return d.proven
}
