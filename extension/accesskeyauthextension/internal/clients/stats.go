package clients

import (
	"sync/atomic"
	"time"
)

// counters count the answers of Authenticate. Safe for concurrent use.
type counters struct {
	accepted, busy atomic.Int64
	refused        [Reasons]atomic.Int64
}

// Stats is a snapshot for telemetry. The counts only grow.
type Stats struct {
	// Accepted, Busy and Refused, the last by reason, count the answers of Authenticate since New.
	Accepted, Busy int64
	Refused        [Reasons]int64
	// Pairs is the number of entries in force.
	Pairs int
	// Loaded is when they were read from the file; zero if the file was never good, in which case
	// everybody is refused.
	Loaded time.Time
}

// Stats never blocks. It does not look at the file.
func (s *Set) Stats() Stats {
	stats := Stats{
		Accepted: s.counters.accepted.Load(),
		Busy:     s.counters.busy.Load(),
		Pairs:    s.roster.Load().pairs,
		Loaded:   s.state.Load().loaded,
	}
	for reason := range s.counters.refused {
		stats.Refused[reason] = s.counters.refused[reason].Load()
	}
	return stats
}
