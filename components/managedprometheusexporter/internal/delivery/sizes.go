package delivery

import (
	"sync"
	"time"
)

// sizes remembers which requests were too large for the endpoint, so that not every batch has to find that out. It is safe for
// concurrent use.
type sizes struct {
	mu       sync.Mutex
	tooLarge int // bytes of the smallest request that was; 0 when nothing is known
	until    time.Time
}

// sizesExpire is how long that is remembered.
const sizesExpire = 5 * time.Minute

// rejected notes a request of more than one sample that was too large.
func (s *sizes) rejected(bytes int, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.After(s.until) || bytes < s.tooLarge {
		s.tooLarge, s.until = bytes, now.Add(sizesExpire)
	}
}

// exceeded reports whether a request would be as large as one that was too large.
func (s *sizes) exceeded(bytes int, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tooLarge > 0 && bytes >= s.tooLarge && now.Before(s.until)
}
