package delivery

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

// quarantine remembers series of which a sample was rejected lately. Their samples are taken out of batches before these are sent,
// and go through the slow lane, in order. It is kept in a file: after a crash the samples that wait in the lane are known. It is
// safe for concurrent use.
type quarantine struct {
	file  suspectsFile
	count atomic.Int64 // of series

	mu     sync.Mutex
	series map[uint64]*suspect // by the hash of their labels
}

// suspect is a series in quarantine.
type suspect struct {
	slot    int       // in the file
	from    uint64    // its samples from this ordinal on are the lane's, and not settled
	waiting int       // samples in the lane
	until   time.Time // when it is forgotten, if none wait
	strikes int       // samples rejected in a row
	clean   int       // samples delivered by the lane in a row
	asleep  time.Time // until when its samples are dropped without being sent
	reason  string    // of the last rejection
}

const (
	maxSuspects    = 10_000
	suspectExpires = 5 * time.Minute
	// maxStrikes is how many samples of a series in a row are rejected before those that follow are not sent for a while.
	maxStrikes = 3
	maxAsleep  = 30 * time.Second
	// cleanEnough samples of a series delivered in a row end its quarantine before it expires.
	cleanEnough = 10
)

// empty reports whether no series is in quarantine. It is for the fast path.
func (k *quarantine) empty() bool { return k.count.Load() == 0 }

// add puts the series of a sample that was rejected and settled in quarantine. It is false when there is no room.
func (k *quarantine) add(hash, ordinal uint64, reason string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s := k.series[hash]; s != nil {
		if s.waiting == 0 {
			s.from = max(s.from, ordinal+1)
		}
		s.strike(reason)
		return true
	}
	if len(k.series) >= maxSuspects {
		return false
	}
	slot, err := k.file.put(hash, ordinal+1)
	if err != nil {
		return false
	}
	s := &suspect{slot: slot, from: ordinal + 1}
	s.strike(reason)
	k.series[hash] = s
	k.count.Store(int64(len(k.series)))
	return true
}

func (s *suspect) strike(reason string) {
	s.strikes++
	s.clean = 0
	s.reason, s.until = reason, time.Now().Add(suspectExpires)
	if s.strikes >= maxStrikes {
		s.asleep = time.Now().Add(min(time.Second<<min(s.strikes-maxStrikes, 10), maxAsleep))
	}
}

// enter reports whether a sample is the lane's, and counts it there.
func (k *quarantine) enter(hash, ordinal uint64) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.series[hash]
	if s == nil || ordinal < s.from {
		return false
	}
	s.waiting++
	return true
}

// owns reports whether a sample below the progress of its shard waits in the lane. Lone exemplars never do.
func (k *quarantine) owns(sample *record.Sample, ordinal uint64) bool {
	if k.empty() || sample.Kind == record.LoneExemplars {
		return false
	}
	return k.has(record.HashLabels(sample.Labels), ordinal)
}

func (k *quarantine) has(hash, ordinal uint64) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.series[hash]
	return s != nil && ordinal >= s.from
}

// leave records that a sample of the lane was delivered or dropped.
func (k *quarantine) leave(hash, ordinal uint64, delivered bool) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.series[hash]
	if s == nil {
		return nil
	}
	s.waiting--
	s.from = max(s.from, ordinal+1)
	if delivered {
		s.strikes, s.asleep = 0, time.Time{}
		s.clean++
	}
	return k.file.write(s.slot, hash, s.from)
}

// sleeping reports whether the samples of a series are dropped without being sent, and the reason of the last rejection.
func (k *quarantine) sleeping(hash uint64) (reason string, asleep bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.series[hash]
	if s == nil {
		return "", false
	}
	return s.reason, time.Now().Before(s.asleep)
}

// lowest is the lowest ordinal that may wait in the lane, or the given one.
func (k *quarantine) lowest(ordinal uint64) uint64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, s := range k.series {
		if s.waiting > 0 {
			ordinal = min(ordinal, s.from)
		}
	}
	return ordinal
}

// expire forgets series of which nothing waits, and that were not rejected lately or are clean.
func (k *quarantine) expire(now time.Time) (err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for hash, s := range k.series {
		if s.waiting == 0 && (now.After(s.until) || s.clean >= cleanEnough) {
			err = k.file.remove(s.slot)
			delete(k.series, hash)
		}
	}
	k.count.Store(int64(len(k.series)))
	return err
}
