package prometheusscrapereceiver

import (
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
)

// successorWithin is how long an engine waits for the receiver that goes on with it: longer than a reload takes. A receiver
// that a reload removes has no successor.
const successorWithin = time.Minute

// parking is where engines are between the receivers before and after a reload. It belongs to the process, because a reload
// makes receivers and their factories anew.
type parking struct {
	within time.Duration

	mu      sync.Mutex
	engines map[component.ID]*parked
}

type parked struct {
	engine *engine
	timer  *time.Timer
}

var reloads = newParking(successorWithin)

func newParking(within time.Duration) *parking {
	return &parking{within: within, engines: map[component.ID]*parked{}}
}

// park takes the engine of a receiver that stops, and returns when nothing reaches the receiver's pipeline any more.
func (p *parking) park(id component.ID, e *engine) {
	e.sink.detach()
	p.mu.Lock()
	defer p.mu.Unlock()
	if other := p.remove(id); other != nil {
		other.discard()
	}
	place := &parked{engine: e}
	p.engines[id] = place
	place.timer = time.AfterFunc(p.within, func() { p.expire(id, place) })
}

// take returns the engine of a receiver that had the same id, detached, or nil.
func (p *parking) take(id component.ID) *engine {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.remove(id)
}

func (p *parking) expire(id component.ID, place *parked) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.engines[id] == place { // else it was taken at the last moment
		p.remove(id).discard()
	}
}

func (p *parking) remove(id component.ID) *engine {
	place := p.engines[id]
	if place == nil {
		return nil
	}
	place.timer.Stop()
	delete(p.engines, id)
	return place.engine
}
