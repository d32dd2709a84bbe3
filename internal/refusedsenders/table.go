package refusedsenders

import (
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/status"
)

const (
	// maxSenders bounds the table. The sender that was refused longest ago makes room.
	maxSenders = 256
	// maxPerAddress bounds the ids that are kept of one address. Further ones share an entry, so that
	// one address cannot push all others out of the table.
	maxPerAddress = 8
	// someID stands for the ids of an address beyond maxPerAddress.
	someID = "****"
	// forgetAfter is how long after its last request a sender is forgotten. It is logged again then.
	forgetAfter = 24 * time.Hour
)

// Reason is why a sender is refused.
type Reason struct {
	Name   string // value of the label `reason` of metrics
	Cause  string // the same in words
	Remedy string
}

// Table keeps the senders that one component refuses. It is safe for concurrent use.
type Table struct {
	now func() time.Time

	mu       sync.Mutex // guards the following
	log      limitedLog
	senders  map[sender]*record
	requests uint64
	last     time.Time
}

// sender identifies an entry of the table.
type sender struct{ id, address, reason string }

// record is what is kept of a sender.
type record struct {
	why      Reason
	requests uint64
	last     time.Time
}

// New returns an empty table that logs to logger.
func New(logger *zap.Logger) *Table {
	return &Table{now: time.Now, log: limitedLog{logger: logger}, senders: map[sender]*record{}}
}

// Refuse counts a refused request. The id is masked already and empty when the sender gave none; the
// address has no port. A sender that the table does not have yet is logged.
func (t *Table) Refuse(id, address string, why Reason) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	t.requests++
	t.last = now
	key := t.keyOf(sender{id, address, why.Name})
	known := t.senders[key]
	if known == nil || now.Sub(known.last) >= forgetAfter {
		t.makeRoom(key)
		known = &record{why: why}
		t.senders[key] = known
		t.log.refused(now, key, why)
	}
	known.requests++
	known.last = now
}

// keyOf returns the entry that a sender is counted in.
func (t *Table) keyOf(s sender) sender {
	if t.senders[s] != nil {
		return s
	}
	same := 0
	for other := range t.senders {
		if other.address == s.address {
			same++
		}
	}
	if same >= maxPerAddress {
		s.id = someID
	}
	return s
}

// makeRoom removes the sender that was refused longest ago when the table is full.
func (t *Table) makeRoom(key sender) {
	if len(t.senders) < maxSenders || t.senders[key] != nil {
		return
	}
	var oldest sender
	var at time.Time
	for one, kept := range t.senders {
		if at.IsZero() || kept.last.Before(at) {
			oldest, at = one, kept.last
		}
	}
	delete(t.senders, oldest)
}

// Report returns the senders that were refused last, for the status page.
func (t *Table) Report() status.RefusedSenders {
	t.mu.Lock()
	defer t.mu.Unlock()
	report := status.RefusedSenders{Requests: t.requests, Last: t.last, Senders: []status.RefusedSender{}}
	for one, kept := range t.senders {
		report.Senders = append(report.Senders, status.RefusedSender{
			ID: one.id, Address: one.address, Reason: kept.why.Cause, Remedy: kept.why.Remedy, Requests: kept.requests, Last: kept.last,
		})
	}
	slices.SortFunc(report.Senders, func(a, b status.RefusedSender) int { return b.Last.Compare(a.Last) })
	report.Senders = report.Senders[:min(len(report.Senders), status.MaxRefusedSenders)]
	return report
}
