package status

import "time"

// PairHolder is an authenticator that tells which AccessKey pair it sends to a URL. It is safe for concurrent use.
type PairHolder interface {
	Pair(url string) Pair
}

// Pair is the AccessKey pair in use for a destination, as it may be shown to anybody.
type Pair struct {
	ID        string    `json:"id"`     // masked; empty when there is none
	Source    string    `json:"source"` // a path, an environment variable, a URL
	State     string    `json:"state"`  // accepted, fallback, refused, unknown (not tried yet), missing (none, or it has ended)
	Since     time.Time `json:"since,omitzero"`
	Age       Seconds   `json:"age_seconds"`
	MaxAge    Seconds   `json:"max_age_seconds"`     // when it should be rotated; 0 for never
	Expiry    time.Time `json:"expiry,omitzero"`     // of a temporary pair, as far as known
	Temporary bool      `json:"temporary,omitempty"` // it ends by itself; without Expiry nobody has said when
	LastRead  time.Time `json:"last_read,omitzero"`  // when its source was last read with success
	Problem   string    `json:"problem,omitempty"`   // why the source cannot be read now

	// In the state fallback, ID is the previous pair, and these are of the new one that is refused.
	RefusedID string    `json:"refused_id,omitempty"`
	Until     time.Time `json:"fallback_until,omitzero"`

	// Refusal is why the destination refuses the pair, or in the state fallback the new one; nil while it refuses none.
	Refusal *Refusal `json:"refusal,omitempty"`
}

// Refusal is what it means that a destination turned a pair down.
type Refusal struct {
	At     time.Time `json:"at"`     // the last time
	Reason string    `json:"reason"` // these three as in diagnosis.Finding
	Cause  string    `json:"cause"`
	Remedy string    `json:"remedy"`
}

// The states of a pair.
const (
	PairAccepted = "accepted"
	PairFallback = "fallback"
	PairRefused  = "refused"
	PairUnknown  = "unknown"
	PairMissing  = "missing"
)
