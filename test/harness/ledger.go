package harness

import (
	"fmt"
	"hash/maphash"
	"slices"
	"sync"
)

// maxFindings bounds what a ledger remembers to show in messages.
const maxFindings = 10

// Ledger says what an endpoint has accepted: per series, every sample in the order of arrival. Native histograms count as
// samples. It is safe for concurrent use.
type Ledger struct {
	mu       sync.Mutex
	series   map[string]*account // by name, value, name, value ...
	key      []byte
	totals   Totals
	findings []string
	seed     maphash.Seed
}

// Totals are what a ledger counts.
type Totals struct {
	Series      int
	Accepted    uint64 // all samples; the sum of the four below
	Ordered     uint64 // newer than everything of their series before them
	Repeated    uint64 // accepted before: the same series, timestamp and value
	Conflicting uint64 // the same series and timestamp with another value
	OutOfOrder  uint64 // new, but older than what their series had already
}

// Distinct is how many samples there are when each is counted once.
func (t Totals) Distinct() uint64 { return t.Ordered + t.OutOfOrder }

// account is what one series has.
type account struct {
	name   string
	times  []int64
	values []uint64 // bits, or a histogram's hash
	newest int64
}

// NewLedger returns an empty ledger.
func NewLedger() *Ledger { return &Ledger{series: map[string]*account{}, seed: maphash.MakeSeed()} }

// Add enters the series of a request that was accepted.
func (l *Ledger) Add(series []WrittenSeries) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range series {
		a := l.account(&series[i])
		for _, sample := range series[i].Samples {
			l.enter(a, sample.Timestamp, sample.Bits)
		}
		for _, histogram := range series[i].Histograms {
			l.enter(a, histogram.Timestamp, maphash.Bytes(l.seed, histogram.Bytes))
		}
	}
}

// Totals returns the counts so far.
func (l *Ledger) Totals() Totals {
	l.mu.Lock()
	defer l.mu.Unlock()
	totals := l.totals
	totals.Series = len(l.series)
	return totals
}

// Findings are the first samples that were repeated, conflicting or out of order, for messages.
func (l *Ledger) Findings() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.findings)
}

// Timestamps are those of every series in order of arrival. Series are named as WrittenSeries.String does.
func (l *Ledger) Timestamps() map[string][]int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make(map[string][]int64, len(l.series))
	for _, a := range l.series {
		all[a.name] = slices.Clone(a.times)
	}
	return all
}

func (l *Ledger) account(s *WrittenSeries) *account {
	l.key = l.key[:0]
	for _, label := range s.Labels {
		l.key = append(append(l.key, label.Name...), 0xff) // no UTF-8 has this byte
		l.key = append(append(l.key, label.Value...), 0xff)
	}
	a := l.series[string(l.key)]
	if a == nil {
		a = &account{name: s.String()}
		l.series[string(l.key)] = a
	}
	return a
}

func (l *Ledger) enter(a *account, timestamp int64, value uint64) {
	l.totals.Accepted++
	switch {
	case len(a.times) == 0 || timestamp > a.newest:
		l.totals.Ordered++
		a.newest = timestamp
	default:
		l.judge(a, timestamp, value)
	}
	a.times, a.values = append(a.times, timestamp), append(a.values, value)
}

// judge looks for the sample among those before it. That is slow, and seldom: samples come in order.
func (l *Ledger) judge(a *account, timestamp int64, value uint64) {
	finding, sameTime := "out of order", false
	for i := len(a.times) - 1; i >= 0; i-- {
		if a.times[i] != timestamp {
			continue
		}
		if sameTime = true; a.values[i] == value {
			finding = "repeated"
			break
		}
	}
	switch {
	case finding == "repeated":
		l.totals.Repeated++
	case sameTime:
		finding = "conflicting"
		l.totals.Conflicting++
	default:
		l.totals.OutOfOrder++
	}
	if len(l.findings) < maxFindings {
		l.findings = append(l.findings, fmt.Sprintf("%s: %s at %d, the newest is at %d", finding, a.name, timestamp, a.newest))
	}
}
