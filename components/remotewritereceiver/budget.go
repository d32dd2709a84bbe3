package remotewritereceiver

import "sync/atomic"

// budget is a number of bytes that requests share.
type budget struct {
	limit int64
	taken atomic.Int64
}

// take takes bytes if there are as many; nobody waits for them.
func (b *budget) take(bytes int64) bool {
	for {
		taken := b.taken.Load()
		if taken+bytes > b.limit {
			return false
		}
		if b.taken.CompareAndSwap(taken, taken+bytes) {
			return true
		}
	}
}

// share is what one request has taken of a budget.
type share struct {
	of    *budget
	bytes int64
}

// resize makes the share so many bytes. A smaller one is always granted.
func (s *share) resize(bytes int64) bool {
	if bytes <= s.bytes {
		s.of.taken.Add(bytes - s.bytes)
	} else if !s.of.take(bytes - s.bytes) {
		return false
	}
	s.bytes = bytes
	return true
}

// release gives all of it back.
func (s *share) release() { s.resize(0) }
