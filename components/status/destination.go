package status

import (
	"time"

	"github.com/msp-collector/msp-collector/components/diagnosis"
)

// State is how delivery to a destination goes, in one word.
type State string

// The states.
const (
	Delivering State = "delivering"
	Behind     State = "behind" // delivering, but what waits is older than BehindAfter
	Held       State = "held"   // blocked: the destination rejects every request until somebody changes something
	Down       State = "down"   // retrying: requests fail and are sent again
)

// States are all of them.
var States = []State{Delivering, Behind, Held, Down}

// BehindAfter is how old the oldest waiting sample of a destination that is not behind may be.
const BehindAfter = time.Minute

// Destination is what an exporter knows of where it delivers to. Counts are of samples, since the exporter's start: accepted +
// recovered = delivered + dropped + queued.
type Destination struct {
	State     State              `json:"state"`
	Since     time.Time          `json:"since"`     // when the state before held or down ended, else when the exporter started
	Endpoint  string             `json:"endpoint"`  // without query
	Diagnosis *diagnosis.Finding `json:"diagnosis"` // why it is held or down, else null
	Answer    *Answer            `json:"last_answer"`
	Refusing  string             `json:"refusing"` // why nothing can be accepted now; empty while it can

	Accepted  uint64 `json:"accepted"`
	Recovered uint64 `json:"recovered"` // found undelivered in the write-ahead log at start
	Delivered uint64 `json:"delivered"`
	Dropped   []Loss `json:"dropped"`
	Queued    uint64 `json:"queued"`

	WAL             WAL       `json:"wal"`
	NewestDelivered time.Time `json:"newest_delivered,omitzero"` // time of the newest sample the destination has
	Delay           Seconds   `json:"delay_seconds"`             // age of the oldest sample that waits to be sent; 0 when none does
	Shards          int       `json:"shards"`
	Protocol        string    `json:"protocol"` // of remote write: 1.0 or 2.0
	Pair            *Pair     `json:"access_key"`

	// Delivery is one of the last deliveries, to be looked for at the destination.
	Delivery *Delivery `json:"-"`
}

// WAL is the write-ahead log of a destination.
type WAL struct {
	Directory string `json:"directory"`
	Bytes     int64  `json:"bytes"`
	MaxBytes  int64  `json:"max_bytes"`
	WhenFull  string `json:"when_full"`

	// FullIn is when the log is full if it grows on as it does; nil while it does not grow, or while delivery is not behind.
	FullIn *Seconds `json:"full_in_seconds"`
}

// Loss is samples that were not kept, for one reason.
type Loss struct {
	Reason  string `json:"reason"`
	Samples uint64 `json:"samples"`
	Remedy  string `json:"remedy,omitempty"`
}

// Answer is what a destination said last, or why it said nothing.
type Answer struct {
	At     time.Time `json:"at"`
	Status int       `json:"status"` // of HTTP; 0 when there was no answer
	Text   string    `json:"text"`   // the beginning of the body, or the error; without secrets
	Took   Seconds   `json:"took_seconds"`
	Note   string    `json:"note,omitempty"` // what else is odd about it, clocks that differ for example
}

// Delivery is a sample that the destination has said it has.
type Delivery struct {
	Labels [][2]string // names and values, sorted by name
	Time   time.Time   // of the sample
	At     time.Time   // when it was delivered
}

// Seconds is a duration as JSON and Prometheus have it.
type Seconds float64
