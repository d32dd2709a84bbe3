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

// Destinations returns a snapshot of each destination, by id.
func (r *registry) Destinations() []named[status.Destination] {
	return snapshots(r, func(report *status.Report) func() status.Destination { return report.Destination })
}

// Receivers returns a snapshot of each receiver, by id.
func (r *registry) Receivers() []named[status.Receiver] {
	return snapshots(r, func(report *status.Report) func() status.Receiver { return report.Receiver })
}

// RefusedSenders returns a snapshot of each component that refuses senders, by id.
func (r *registry) RefusedSenders() []named[status.RefusedSenders] {
	return snapshots(r, func(report *status.Report) func() status.RefusedSenders { return report.RefusedSenders })
}

// snapshots calls one function of every report that has it, by id.
func snapshots[T any](r *registry, of func(*status.Report) func() T) (all []named[T]) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, id := range slices.Sorted(maps.Keys(r.reports)) {
		if report := of(r.reports[id]); report != nil {
			all = append(all, named[T]{id, report()})
		}
	}
	return all
}
