package deliverystatusextension

import (
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
)

// remembered is what a reload of the configuration must not forget, by component id. It belongs to the process, because a reload
// makes the extension anew.
var remembered = &memories{byID: map[component.ID]*memory{}}

type memories struct {
	mu   sync.Mutex
	byID map[component.ID]*memory
}

// of returns the memory of an extension, a new one at first.
func (m *memories) of(id component.ID) *memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.byID[id] == nil {
		m.byID[id] = newMemory()
	}
	return m.byID[id]
}

// memory is what one extension remembers. It is safe for concurrent use.
type memory struct {
	started time.Time
	history *history
	recent  *recent

	mu       sync.Mutex
	verified map[question]*arrival
}

// question is what verify asks for: where it asks, and for whose samples.
type question struct {
	url      string
	exporter component.ID
}

func newMemory() *memory {
	return &memory{started: time.Now(), history: newHistory(), recent: newRecent(), verified: map[question]*arrival{}}
}

// answer is what came of a question last; nil when nothing has.
func (m *memory) answer(q question) *arrival {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.verified[q]
}

// note keeps what came of a question, and forgets what came of others.
func (m *memory) note(q question, result *arrival) {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.verified)
	m.verified[q] = result
}
