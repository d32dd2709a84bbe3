package deliverystatusextension

import (
	"sync"
	"time"

	"github.com/msp-collector/msp-collector/components/status"
)

// recently is for how long what happened keeps the page from being green.
const recently = 10 * time.Minute

// recent remembers by how much counters grew in the last ten minutes, reloads of the configuration included. It is safe for
// concurrent use.
type recent struct {
	mu    sync.Mutex
	byKey map[counter][]growth
	last  map[counter]uint64 // values seen last
}

// counter names a counter: samples that a component lost, for one reason.
type counter struct{ id, reason string }

// growth is by how much a counter grew until a time.
type growth struct {
	at time.Time
	by uint64
}

func newRecent() *recent { return &recent{byKey: map[counter][]growth{}, last: map[counter]uint64{}} }

// add notes what components report, and forgets what is older than ten minutes. A counter that fell began anew at 0, as it did
// before it was first seen.
func (r *recent) add(now time.Time, id string, losses []status.Loss) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, loss := range losses {
		key := counter{id, loss.Reason}
		before := r.last[key]
		if loss.Samples < before {
			before = 0
		}
		if by := loss.Samples - before; by > 0 {
			r.byKey[key] = append(r.byKey[key], growth{now, by})
		}
		r.last[key] = loss.Samples
	}
	for key, all := range r.byKey {
		old := 0
		for old < len(all) && now.Sub(all[old].at) > recently {
			old++
		}
		if r.byKey[key] = all[old:]; old == len(all) {
			delete(r.byKey, key)
		}
	}
}

// begin makes all counters begin anew at 0, as those of components that a reload makes anew do.
func (r *recent) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.last)
}

// of returns how many samples a component lost in the last ten minutes, for reasons that the function accepts, and when the last
// of them was noticed.
func (r *recent) of(now time.Time, id string, counts func(reason string) bool) (samples uint64, last time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, all := range r.byKey {
		if key.id != id || !counts(key.reason) {
			continue
		}
		for _, one := range all {
			if now.Sub(one.at) <= recently {
				samples += one.by
				if one.at.After(last) {
					last = one.at
				}
			}
		}
	}
	return samples, last
}
