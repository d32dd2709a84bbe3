package status

import "go.opentelemetry.io/collector/component"

// Registrar is an extension that shows what components tell of themselves. It is safe for concurrent use.
type Registrar interface {
	// Register takes up a component by its id, in place of one that registered with that id before. The functions of the report
	// are called at any time until unregister has returned, also at the same time.
	Register(id component.ID, report Report) (unregister func())
}

// Report is how a component reports its status. At least one of the functions is set; they are safe for concurrent use.
type Report struct {
	Destination    func() Destination
	Receiver       func() Receiver
	RefusedSenders func() RefusedSenders // of a receiver, or of an authenticator that judges senders
	OrphanedLogs   func() []OrphanedLog  // of the whole collector; one component reports them
}

// Register registers a component with every extension of the host that shows something.
func Register(host component.Host, id component.ID, report Report) (unregister func()) {
	var all []func()
	for _, extension := range host.GetExtensions() {
		if registrar, ok := extension.(Registrar); ok {
			all = append(all, registrar.Register(id, report))
		}
	}
	return func() {
		for _, one := range all {
			one()
		}
	}
}
