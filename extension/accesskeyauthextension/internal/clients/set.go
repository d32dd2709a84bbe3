package clients

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"golang.org/x/crypto/bcrypt"
)

var (
	// ErrUnauthenticated is the one answer to everything that is not a valid pair: which part was wrong
	// is nobody's business but the operator's. A receiver answers 401.
	ErrUnauthenticated = errors.New("the AccessKey pair was not accepted")
	// ErrBusy says that the header could not be judged now, because others are being judged. It says
	// nothing about the pair. It is for a receiver to answer 503 or Unavailable, so that the sender comes again.
	ErrBusy = errors.New("too many AccessKey pairs are being verified: send again later")
)

// Settings is what New needs.
type Settings struct {
	// Path is the JSON file of pairs. Symbolic links are followed at each check.
	Path string
	// CheckInterval is the shortest time between two looks at the file; zero looks at each use.
	CheckInterval time.Duration
	// RefuseWorldRead makes a file that every user of the host can read unusable; otherwise it is
	// warned about.
	RefuseWorldRead bool
	// Logger hears of state changes only; nil is silent.
	Logger *zap.Logger
	// OnRefused is called with every refused request, before it is answered; nil is not called. It must
	// not block and must be safe for concurrent use. The context is that of the request.
	OnRefused func(context.Context, Refusal)
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Set is the set of pairs that may send. It is safe for concurrent use, starts no goroutine and
// needs no closing. Until the file has once been loaded it refuses everybody.
type Set struct {
	settings Settings
	started  time.Time
	keyed    *keyer
	slots    *slots
	// compare is bcrypt's comparison; tests count it.
	compare  func(hash, password []byte) error
	counters counters

	// roster is what requests read: never nil, and replaced as a whole.
	roster atomic.Pointer[roster]
	// nextCheck is when the file is due, as a duration since started. The monotonic reading is used
	// so that setting the wall clock back does not stop the checks.
	nextCheck atomic.Int64

	// mu is held while the file is read and guards seen. Requests only try it, so a file system
	// that hangs holds up one of them.
	mu    sync.Mutex
	seen  identity
	state atomic.Pointer[loadState]
}

// New returns a Set that has not looked at its file yet: the first use does, or Load.
func New(settings Settings) *Set {
	if settings.Logger == nil {
		settings.Logger = zap.NewNop()
	}
	if settings.Now == nil {
		settings.Now = time.Now
	}
	s := &Set{
		settings: settings,
		started:  settings.Now(),
		keyed:    newKeyer(),
		slots:    newSlots(),
		compare:  bcrypt.CompareHashAndPassword,
	}
	s.roster.Store(newRoster(nil))
	s.state.Store(&loadState{})
	return s
}

// Authenticate judges the value of an Authorization header and returns the AccessKey ID of the pair
// it holds. The error is ErrUnauthenticated or ErrBusy and nothing else. The context bounds the wait
// for a turn to verify; a header that was accepted before never waits.
func (s *Set) Authenticate(ctx context.Context, authorization string) (string, error) {
	s.checkIfDue()
	id, err := s.judge(ctx, authorization)
	switch {
	case err == nil:
		s.counters.accepted.Add(1)
	case errors.Is(err, ErrBusy):
		s.counters.busy.Add(1)
	default:
		s.refuse(ctx, authorization)
	}
	return id, err
}
