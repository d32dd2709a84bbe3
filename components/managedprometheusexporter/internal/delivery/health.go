package delivery

import (
	"time"

	"github.com/msp-collector/msp-collector/components/diagnosis"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/write"
)

// Health is how delivery goes.
type Health struct {
	Held    bool      // blocked: the endpoint rejects every request, and nothing is sent but probes
	Failing bool      // requests are retried
	Since   time.Time // when it began to be so
	Finding diagnosis.Finding
}

// Health returns how delivery goes now.
func (q *Queue) Health() Health {
	state, since, finding := q.gate.now()
	return Health{Held: state == held, Failing: state == failing, Since: since, Finding: finding}
}

// Answered is the last answer of the endpoint; nil before the first.
func (q *Queue) Answered() *Answered {
	q.seen.mu.Lock()
	defer q.seen.mu.Unlock()
	return q.seen.answered
}

// LastDelivery is one of the last samples delivered, of those with a value; nil before the first. It must not be changed.
func (q *Queue) LastDelivery() *Delivery {
	q.seen.mu.Lock()
	defer q.seen.mu.Unlock()
	return q.seen.last
}

// Newest is the time of the newest sample delivered since start; the zero time before the first.
func (q *Queue) Newest() time.Time {
	q.seen.mu.Lock()
	defer q.seen.mu.Unlock()
	if q.seen.newest == 0 {
		return time.Time{}
	}
	return time.UnixMilli(q.seen.newest)
}

// Delay is the age of the oldest sample that a shard has and the endpoint has not; 0 when they have none.
func (q *Queue) Delay() time.Duration {
	oldest := q.seen.oldest()
	if oldest.IsZero() {
		return 0
	}
	return max(0, q.set.Now().Sub(oldest))
}

// Refusing is why nothing can be appended now, or nil. A log that drops its oldest samples refuses nothing for being full.
func (q *Queue) Refusing() error { return q.seen.refusing(q.log.Size(), q.set.Now()) }

// MaxBytes is what the log may grow to.
func (q *Queue) MaxBytes() int64 { return q.set.Log.MaxSize }

// Directory is where the log is.
func (q *Queue) Directory() string { return q.set.Log.Directory }

// DropsOldest tells what a full log does: make room, or else refuse.
func (q *Queue) DropsOldest() bool { return q.set.DropOldest }

// Protocol is the version of remote write that is spoken: 1.0 or 2.0.
func (q *Queue) Protocol() string {
	if q.protocol() == write.V2 {
		return "2.0"
	}
	return "1.0"
}
