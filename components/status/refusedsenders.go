package status

import "time"

// RefusedSenders are the senders that a component turned away, an authenticator or a receiver for example, since its start. A
// sender that is refused mostly throws its samples away: the status page is not green while the last one is recent.
type RefusedSenders struct {
	Requests uint64          `json:"requests"`      // that were refused
	Last     time.Time       `json:"last,omitzero"` // when the last of them was
	Senders  []RefusedSender `json:"senders"`       // the latest first; MaxRefusedSenders at most
}

// MaxRefusedSenders bounds the senders that are listed of a component.
const MaxRefusedSenders = 10

// RefusedSender is one of them: a sender with one id, from one address, refused for one reason.
type RefusedSender struct {
	ID       string    `json:"id"`      // masked; empty when the sender gave none
	Address  string    `json:"address"` // host without the port
	Reason   string    `json:"reason"`  // in words for people
	Remedy   string    `json:"remedy"`
	Requests uint64    `json:"requests"`
	Last     time.Time `json:"last"`
}
