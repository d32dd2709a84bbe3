package clients

import (
	"errors"
	"sync/atomic"
	"time"
)

// counters count the answers of Authenticate. Safe for concurrent use.
type counters struct{ accepted, refused, busy atomic.Int64 }

func (c *counters) count(err error) {
	switch {
	case err == nil:
		c.accepted.Add(1)
	case errors.Is(err, ErrBusy):
		c.busy.Add(1)
	default:
		c.refused.Add(1)
	}
}

// Stats is a snapshot for telemetry. The counts only grow.
type Stats struct {
	// Accepted, Refused and Busy count the answers of Authenticate since New.
	Accepted, Refused, Busy int64
	// Pairs is the number of entries in force.
	Pairs int
	// Loaded is when they were read from the file; zero if the file was never good, in which case
	// everybody is refused.
	Loaded time.Time
}

// Stats never blocks. It does not look at the file.
func (s *Set) Stats() Stats {
	return Stats{
		Accepted: s.counters.accepted.Load(),
		Refused:  s.counters.refused.Load(),
		Busy:     s.counters.busy.Load(),
		Pairs:    s.roster.Load().pairs,
		Loaded:   s.state.Load().loaded,
	}
}
