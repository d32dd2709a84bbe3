package clients

import "slices"

// roster is one good reading of the file, immutable but for its cache of verdicts.
type roster struct {
	accounts map[string]account
	// unknown is the account of every id that is not in the file: decoys only.
	unknown account
	// pairs is the number of entries in the file.
	pairs int
	// slow says that there are bcrypt hashes, hence that a refusal needs a slot.
	slow     bool
	verdicts *verdicts
}

// account is what an id is verified against. All accounts of a roster have the same number of digests
// and the same bcrypt costs, so a wrong secret costs the same with every id, existing or not.
type account struct {
	digests []client
	hashes  []client
}

// shape is what all accounts are padded to: the largest number of digests and, for each bcrypt cost,
// of hashes that any id has.
type shape struct {
	digests int
	hashes  map[int]int
}

func newRoster(entries []client) *roster {
	byID := map[string][]client{}
	for _, c := range entries {
		byID[c.id] = append(byID[c.id], c)
	}
	s := shape{digests: 1, hashes: map[int]int{}}
	for _, own := range byID {
		s.cover(own)
	}
	r := &roster{
		accounts: make(map[string]account, len(byID)),
		unknown:  s.pad(nil),
		pairs:    len(entries),
		slow:     len(s.hashes) > 0,
		verdicts: newVerdicts(),
	}
	for id, own := range byID {
		r.accounts[id] = s.pad(own)
	}
	return r
}

// account never fails: it answers the decoys for an id that is not in the file.
func (r *roster) account(id string) account {
	if a, ok := r.accounts[id]; ok {
		return a
	}
	return r.unknown
}

// holds reports whether the very entry is in the roster: same id, same secret, same hash.
func (r *roster) holds(c client) bool {
	a := r.account(c.id)
	return slices.Contains(a.digests, c) || slices.Contains(a.hashes, c)
}

// cover grows the shape so that the entries of one id fit in.
func (s *shape) cover(own []client) {
	digests, hashes := count(own)
	s.digests = max(s.digests, digests)
	for cost, n := range hashes {
		s.hashes[cost] = max(s.hashes[cost], n)
	}
}

// pad returns the account of the entries, filled up with decoys to the shape.
func (s *shape) pad(own []client) account {
	var a account
	for _, c := range own {
		if c.cost > 0 {
			a.hashes = append(a.hashes, c)
		} else {
			a.digests = append(a.digests, c)
		}
	}
	digests, hashes := count(own)
	for range s.digests - digests {
		a.digests = append(a.digests, decoyDigest())
	}
	for cost, most := range s.hashes {
		for range most - hashes[cost] {
			a.hashes = append(a.hashes, decoyHash(cost))
		}
	}
	return a
}

// count tells how many digests there are, and how many hashes of each cost.
func count(own []client) (digests int, hashes map[int]int) {
	hashes = map[int]int{}
	for _, c := range own {
		if c.cost > 0 {
			hashes[c.cost]++
		} else {
			digests++
		}
	}
	return digests, hashes
}
