package write

import "hash/maphash"

// symbols is the table of strings of a 2.0 request: each once, in order of appearance, the empty one first. It is a hash
// table over the encoded bytes themselves, so that a string costs no allocation, and forgetting all of them costs nothing.
type symbols struct {
	table []byte // the encoded symbols field
	slots []slot // a power of two of them
	seed  maphash.Seed
	round uint32 // slots of other rounds are empty
	count uint32
}

type slot struct {
	round  uint32
	ref    uint32
	hash   uint32
	size   uint32
	offset int // of the string in the table
}

const minSlots = 1 << 10

func (s *symbols) reset() {
	if s.slots == nil {
		s.slots, s.seed = make([]slot, minSlots), maphash.MakeSeed()
	}
	if s.round++; s.round == 0 {
		clear(s.slots)
		s.round = 1
	}
	s.table, s.count = append(s.table[:0], tagSymbols, 0), 1
}

// ref is the number of a symbol; an unknown one is appended.
func (s *symbols) ref(text []byte) uint32 {
	if len(text) == 0 {
		return 0
	}
	hash := uint32(maphash.Bytes(s.seed, text)) //nolint:gosec // half of the hash
	mask := uint32(len(s.slots) - 1)            //nolint:gosec // a table of 2^32 slots does not fit
	i := hash & mask
	for ; s.slots[i].round == s.round; i = (i + 1) & mask {
		at := &s.slots[i]
		if at.hash == hash && string(s.table[at.offset:at.offset+int(at.size)]) == string(text) {
			return at.ref
		}
	}
	s.table = appendLength(s.table, tagSymbols, len(text))
	s.slots[i] = slot{round: s.round, ref: s.count, hash: hash, size: uint32(len(text)), offset: len(s.table)} //nolint:gosec // of one request
	s.table = append(s.table, text...)
	s.count++
	if s.count > mask/2 {
		s.grow()
	}
	return s.count - 1
}

// grow doubles the slots: they are at most half full.
func (s *symbols) grow() {
	old := s.slots
	s.slots = make([]slot, 2*len(old))
	mask := uint32(len(s.slots) - 1) //nolint:gosec // see ref
	for _, at := range old {
		if at.round != s.round {
			continue
		}
		i := at.hash & mask
		for s.slots[i].round == s.round {
			i = (i + 1) & mask
		}
		s.slots[i] = at
	}
}
