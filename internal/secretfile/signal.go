package secretfile

import "sync"

// Signal wakes everybody who waits for the next change. The zero value is ready, and its methods are safe for
// concurrent use.
type Signal struct {
	mu      sync.Mutex
	changed chan struct{}
}

// Changed returns a channel that the next Fire closes.
func (s *Signal) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.changed
}

// Fire closes the channel that Changed has returned, if any.
func (s *Signal) Fire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}
