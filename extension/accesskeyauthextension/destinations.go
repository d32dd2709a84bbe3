package accesskeyauthextension

import (
	"net/url"
	"strings"
	"sync"

	"go.opentelemetry.io/collector/component"
)

// memory keeps what destinations accepted across configuration reloads, by component id.
type memory struct {
	mu   sync.Mutex
	byID map[component.ID]*destinations
}

func newMemory() *memory { return &memory{byID: map[component.ID]*destinations{}} }

func (m *memory) destinations(id component.ID) *destinations {
	m.mu.Lock()
	defer m.mu.Unlock()
	known := m.byID[id]
	if known == nil {
		known = &destinations{byURL: map[destinationKey]*destination{}}
		m.byID[id] = known
	}
	known.handOver()
	return known
}

// destinationKey tells apart what may accept different pairs: a path is an instance of the service.
type destinationKey struct{ scheme, host, path string }

type destinations struct {
	mu    sync.RWMutex
	byURL map[destinationKey]*destination
}

// handOver leaves to a new instance which pairs were proven and refused, but not what was told:
// its health and its metrics begin anew.
func (d *destinations) handOver() {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, dest := range d.byURL {
		dest.mu.Lock()
		dest.state, dest.judged, dest.told, dest.seen, dest.misused = unknown, nil, nil, false, false
		dest.steady.Store(nil)
		dest.mu.Unlock()
	}
}

// of returns what is known of the destination of u. It does not allocate for a known one.
func (d *destinations) of(u *url.URL) *destination {
	key := destinationKey{u.Scheme, u.Host, u.Path}
	d.mu.RLock()
	known := d.byURL[key]
	d.mu.RUnlock()
	if known != nil {
		return known
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.byURL[key] == nil {
		d.byURL[key] = &destination{url: u.Scheme + "://" + u.Host + u.Path, query: strings.HasSuffix(u.Path, "/api/v1/query")}
	}
	return d.byURL[key]
}

// count returns the number of destinations in each state, as far as it is about the pair in use. No
// samples wait for one that is queried, so it does not count.
func (d *destinations) count(current *credential) (n [missing + 1]int64) {
	usable := current.usable()
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, dest := range d.byURL {
		dest.mu.Lock()
		switch {
		case !dest.seen || dest.query:
		case !usable:
			n[missing]++
		case dest.judged.same(current):
			n[dest.state]++
		default:
			n[unknown]++
		}
		dest.mu.Unlock()
	}
	return n
}
