package delivery

import (
	"errors"
	"math"
	"sync"
	"time"

	"github.com/msp-collector/msp-collector/components/diagnosis"
	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/internal/wal"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"
)

// seen is what people are shown of deliveries. It is safe for concurrent use; all of it is written once per request at most.
type seen struct {
	mu       sync.Mutex
	heads    map[int]int64 // of each busy shard: the timestamp of the first sample it is delivering
	newest   int64         // timestamp of the newest sample delivered
	last     *Delivery
	answered *Answered
	refused  *refused
}

// Answered is the last answer of the endpoint, or why there was none.
type Answered struct {
	At      time.Time
	Took    time.Duration
	Status  int
	Text    string
	Skew    time.Duration // of this host's clock against the endpoint's
	Finding diagnosis.Finding
}

// Delivery is a sample that the endpoint has taken.
type Delivery struct {
	Labels    []byte // see record.Sample
	Timestamp int64
	Value     float64
	At        time.Time
}

// refused is an append that failed.
type refused struct {
	err  error
	at   time.Time
	size int64 // of the log
}

const (
	// remembersFor is how long a failed append counts that nobody has repeated: the disk may be well again.
	remembersFor = 30 * time.Second
	// deliveryEvery is how often a delivery is remembered.
	deliveryEvery = time.Second
)

func newSeen() *seen { return &seen{heads: map[int]int64{}} }

func (s *seen) begin(shard int, timestamp int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heads[shard] = timestamp
}

func (s *seen) end(shard int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.heads, shard)
}

func (s *seen) answer(a send.Answer, v send.Verdict, now time.Time, took time.Duration) {
	seen := &Answered{At: now, Took: took, Status: a.Status, Text: v.Detail, Skew: diagnosis.Skew(a.Header, now), Finding: v.Finding}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answered = seen
}

// delivered notes the last sample of a part.
func (s *seen) delivered(b *batch, part span, now time.Time) {
	last := part.before - 1
	s.mu.Lock()
	defer s.mu.Unlock()
	s.newest = max(s.newest, b.places[last].timestamp)
	if s.last != nil && now.Sub(s.last.At) < deliveryEvery {
		return
	}
	if sample, ok := b.sample(last); ok && sample.Kind == record.Float && !math.IsNaN(sample.Value) {
		s.last = &Delivery{Labels: sample.Labels, Timestamp: sample.Timestamp, Value: sample.Value, At: now}
	}
}

// append notes what became of one. One that is too large says nothing of the next.
func (s *seen) append(err error, size int64, now time.Time) {
	if errors.Is(err, wal.ErrTooLarge) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refused = nil; err != nil {
		s.refused = &refused{err: err, at: now, size: size}
	}
}

// refusing is why an append would fail now, as far as can be said without one: a full log is full until some of it has been
// delivered, and a disk that could not be written is taken for broken for a while.
func (s *seen) refusing(size int64, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r := s.refused; {
	case r == nil:
		return nil
	case errors.Is(r.err, wal.ErrFull) && size >= r.size, now.Sub(r.at) < remembersFor && !errors.Is(r.err, wal.ErrFull):
		return r.err
	default:
		return nil
	}
}

// oldest is the time of the oldest sample that waits in a shard; the zero time when none does.
func (s *seen) oldest() (at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, timestamp := range s.heads {
		if t := time.UnixMilli(timestamp); at.IsZero() || t.Before(at) {
			at = t
		}
	}
	return at
}
