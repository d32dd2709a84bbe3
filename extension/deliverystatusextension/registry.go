package deliverystatusextension

import (
	"maps"
	"slices"
	"sync"

	"go.opentelemetry.io/collector/component"

	"github.com/msp-collector/msp-collector/components/status"
)

// registry is who tells something. The zero value is empty and ready for use.
type registry struct {
	mu      sync.RWMutex // held for reading while a report is taken, so that unregister waits for it
	reports map[string]*status.Report
}

// Register implements status.Registrar.
func (r *registry) Register(id component.ID, report status.Report) (unregister func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.reports == nil {
		r.reports = map[string]*status.Report{}
	}
	mine := &report
	r.reports[id.String()] = mine
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.reports[id.String()] == mine { // and not of the one that came in its place
			delete(r.reports, id.String())
		}
	}
}

// named is what the component with that id tells.
type named[T any] struct {
	ID string
	Of T
}

// Destinations takes a snapshot of each, by id.
func (r *registry) Destinations() (all []named[status.Destination]) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, id := range slices.Sorted(maps.Keys(r.reports)) {
		if report := r.reports[id]; report.Destination != nil {
			all = append(all, named[status.Destination]{id, report.Destination()})
		}
	}
	return all
}

// Receivers takes a snapshot of each, by id.
func (r *registry) Receivers() (all []named[status.Receiver]) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, id := range slices.Sorted(maps.Keys(r.reports)) {
		if report := r.reports[id]; report.Receiver != nil {
			all = append(all, named[status.Receiver]{id, report.Receiver()})
		}
	}
	return all
}
