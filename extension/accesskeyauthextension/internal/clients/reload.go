package clients

import (
	"crypto/sha256"
	"fmt"
	"time"

	"go.uber.org/zap"
)

// identity tells one state of the file from another, by content: a time stamp is too coarse, an
// inode changes with a symbolic link while the text does not, and a mode is no change at all. A file
// that cannot be read is identified by the reason.
type identity struct {
	looked  bool
	content [sha256.Size]byte
	reason  string
}

// loadState is what the last change of the file led to.
type loadState struct {
	// loaded is when the roster was read; zero before the first.
	loaded time.Time
	// err is why the file as it is now cannot be used; nil if it can.
	err error
}

// Load looks at the file now, whatever the interval, and returns why it cannot be used, if so. The
// error has been logged, and the Set goes on: with the pairs it had, or refusing everybody.
func (s *Set) Load() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nextCheck.Store(int64(s.settings.Now().Sub(s.started) + s.settings.CheckInterval))
	s.check()
	return s.Err()
}

// Err is why the file as last seen cannot be used; nil if it can, or has not been looked at.
func (s *Set) Err() error { return s.state.Load().err }

// checkIfDue looks at the file if the interval has passed and nobody else is looking.
func (s *Set) checkIfDue() {
	now := s.settings.Now().Sub(s.started)
	next := s.nextCheck.Load()
	if int64(now) < next || !s.mu.TryLock() {
		return
	}
	defer s.mu.Unlock()
	if s.nextCheck.CompareAndSwap(next, int64(now+s.settings.CheckInterval)) {
		s.check()
	}
}

// check replaces the roster if the file has changed and is good, and keeps it otherwise. What is
// identified is what is parsed, from one read. The caller holds s.mu.
func (s *Set) check() {
	content, worldRead, err := readFile(s.settings.Path, s.settings.RefuseWorldRead)
	now := identity{looked: true, content: sha256.Sum256(content)}
	if err != nil {
		now.reason = err.Error()
	}
	if now == s.seen {
		return
	}
	s.seen = now
	var list []client
	if err == nil {
		list, err = parse(content)
	}
	if err != nil {
		s.keep(fmt.Errorf("client AccessKey file %q: %w", s.settings.Path, err))
		return
	}
	s.replace(list)
	if worldRead {
		s.settings.Logger.Warn("The client AccessKey file can be read by every user of this host: chmod 600 it, or 640 with a group of the collector's",
			zap.String("file", s.settings.Path))
	}
}

// keep records a failure and logs it unless it is the one known already. The caller holds s.mu.
func (s *Set) keep(err error) {
	before := s.state.Load()
	s.state.Store(&loadState{loaded: before.loaded, err: err})
	if before.err != nil && before.err.Error() == err.Error() {
		return
	}
	s.settings.Logger.Warn("The client AccessKey file cannot be used; the pairs loaded before remain valid",
		zap.Int("pairs", s.roster.Load().pairs), zap.Error(err))
}

// replace publishes a good reading. The caller holds s.mu.
func (s *Set) replace(list []client) {
	next := newRoster(list)
	next.inherit(s.roster.Load())
	s.roster.Store(next)
	s.state.Store(&loadState{loaded: s.settings.Now()})
	s.settings.Logger.Info("Client AccessKey pairs loaded",
		zap.String("file", s.settings.Path), zap.Int("pairs", next.pairs))
}
