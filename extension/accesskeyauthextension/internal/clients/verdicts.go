package clients

import "sync"

// maxRefused bounds the memory of refused headers. It serves clients that repeat the same mistake;
// whoever varies it is bounded by the slots instead.
const maxRefused = 4096

// verdicts remembers what one roster has decided. It is part of the roster, so a decision never
// outlives the pairs it was made on. The accepted ones need no bound: the roster holds a finite
// number of pairs and each has one canonical token. Safe for concurrent use.
type verdicts struct {
	mu       sync.RWMutex
	accepted map[fingerprint]client
	refused  map[fingerprint]struct{}
	// order holds the refused ones as a ring: next is the oldest once it is full.
	order []fingerprint
	next  int
}

func newVerdicts() *verdicts {
	return &verdicts{accepted: map[fingerprint]client{}, refused: map[fingerprint]struct{}{}}
}

// lookup returns the decision on a token if there is one.
func (v *verdicts) lookup(key fingerprint) (id string, err error, known bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if c, ok := v.accepted[key]; ok {
		return c.id, nil, true
	}
	if _, ok := v.refused[key]; ok {
		return "", ErrUnauthenticated, true
	}
	return "", nil, false
}

func (v *verdicts) accept(key fingerprint, c client) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.accepted[key] = c
}

// refuse remembers a refusal and forgets the oldest one when there are too many.
func (v *verdicts) refuse(key fingerprint) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, ok := v.refused[key]; ok {
		return
	}
	v.refused[key] = struct{}{}
	if len(v.order) < maxRefused {
		v.order = append(v.order, key)
		return
	}
	delete(v.refused, v.order[v.next])
	v.order[v.next] = key
	v.next = (v.next + 1) % maxRefused
}

// inherit takes over the acceptances whose very entry is still in the roster. The rotation of one
// client must not send all others back to bcrypt, least of all during a flood. Refusals are not
// inherited: the new file may be what makes them right. The caller has not published the roster yet.
func (r *roster) inherit(old *roster) {
	old.verdicts.mu.RLock()
	defer old.verdicts.mu.RUnlock()
	for key, c := range old.verdicts.accepted {
		if r.holds(c) {
			r.verdicts.accepted[key] = c
		}
	}
}
