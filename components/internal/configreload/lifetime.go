package configreload

import "sync/atomic"

// Lifetime tells a component that is shut down whether the collector goes on. The collector shuts its confmap providers down
// when it ends, before any component, and never when it reloads. It is safe for concurrent use.
type Lifetime struct{ lasts atomic.Bool }

// Collector is the lifetime of the collector in this process.
var Collector Lifetime

// Begin is called when there is a provider that will tell of the end.
func (l *Lifetime) Begin() { l.lasts.Store(true) }

// End is called when that provider is shut down.
func (l *Lifetime) End() { l.lasts.Store(false) }

// Lasts is true of a collector that has not begun to end. Without a provider that would tell, it is false.
func (l *Lifetime) Lasts() bool { return l.lasts.Load() }
