// Package configreload holds what a process knows of the reloads of its configuration: how many were accepted and refused, why the
// last one was refused, and whether a component's Shutdown belongs to a reload or to the end of the process. Whoever reloads has no
// meter, and a component that has one sees no reload; they share this state. It belongs to the process because a reload makes all
// components anew.
package configreload

import (
	"sync"
	"time"
)

// State is what happened to the configuration since the process started.
type State struct {
	Known    bool // a configuration that can be reloaded is in use
	Accepted int64
	Refused  int64

	Attempts int64 // reloads that came to a result, those that changed nothing included
	Applying bool  // a changed configuration was accepted, and the components that it changes are being restarted

	Failed bool      // the last reload was refused, and the configuration before it is in use
	Error  string    // why, without secrets; empty unless Failed
	Since  time.Time // when the state became Failed, or when the configuration in use was accepted
}

// Count counts the configurations that were accepted and refused. Its zero value is ready, and it is safe for concurrent use.
type Count struct {
	mu       sync.Mutex
	state    State
	reported bool // a component reports it
}

// Process is the count of this process.
var Process Count

// Accept counts a configuration that is in use from now on.
func (c *Count) Accept() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.Accepted++
	c.state.succeed()
}

// Refuse counts a configuration that was refused because of err, while the one before it stays in use. The text of err must not
// hold secrets: it is shown to people.
func (c *Count) Refuse(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.Refused++
	if !c.state.Failed {
		c.state.Since = time.Now()
	}
	c.state.Known, c.state.Failed, c.state.Error, c.state.Applying = true, true, err.Error(), false
}

// Attempt counts a reload that came to a result. With applying, components are being restarted until Applied or Refuse is called.
func (c *Count) Attempt(applying bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.Attempts++
	c.state.Applying = applying
}

// Applied reports that all components run.
func (c *Count) Applied() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.Applying = false
}

// Restore reports that the configuration in use and the one on disk are the same again: a refused change was undone.
func (c *Count) Restore() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state.Failed {
		c.state.succeed()
	}
}

// State returns what happened so far.
func (c *Count) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

func (s *State) succeed() {
	s.Known, s.Failed, s.Error, s.Since = true, false, "", time.Now()
}
