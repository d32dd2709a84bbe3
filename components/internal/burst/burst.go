// Package burst adds up events that are logged, so that a flood of them costs a line a minute, and every one of them is in the
// log in the end.
package burst

import (
	"sync"
	"time"
)

// Log reports counts by key: the first count of a burst at once, and what is added within a period after a report together, when
// that period is over or at Close, whichever is first. The sum of the reported counts is the sum of the added ones. Report is
// called with the last example that was added, one call at a time. A Log is safe for concurrent use once Every and Report are
// set; they must not change then.
type Log[T any] struct {
	Every  time.Duration // period between two reports of a key
	Report func(key string, count uint64, example T)

	mu     sync.Mutex
	keys   map[string]*burst[T]
	closed bool
}

// burst is what is known of one key. It exists for as long as its timer runs.
type burst[T any] struct {
	count   uint64 // not reported yet
	example T
	timer   *time.Timer // ends the period since the last report
}

// Add adds a count to a key. After Close it is reported at once. A count of 0 is ignored.
func (l *Log[T]) Add(key string, count uint64, example T) {
	if count == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if b := l.keys[key]; b != nil {
		b.count += count
		b.example = example
		return
	}
	l.Report(key, count, example)
	if !l.closed {
		l.begin(key)
	}
}

// begin starts the period after a report. The caller holds the lock.
func (l *Log[T]) begin(key string) {
	if l.keys == nil {
		l.keys = map[string]*burst[T]{}
	}
	l.keys[key] = &burst[T]{timer: time.AfterFunc(l.Every, func() { l.end(key) })}
}

// end reports what was added to a key during its period, and starts the next one if that was anything.
func (l *Log[T]) end(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.keys[key]
	if b == nil { // Close was faster
		return
	}
	delete(l.keys, key)
	if b.count > 0 {
		l.Report(key, b.count, b.example)
		l.begin(key)
	}
}

// Close reports what has not been reported, and ends all periods.
func (l *Log[T]) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for key, b := range l.keys {
		b.timer.Stop()
		if b.count > 0 {
			l.Report(key, b.count, b.example)
		}
	}
	l.keys = nil
}
