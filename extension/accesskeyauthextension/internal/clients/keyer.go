package clients

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"hash"
	"sync"
)

// fingerprint stands for a token in the cache: nobody outside the process can compute or choose it,
// and the token cannot be had back from it.
type fingerprint [sha256.Size]byte

// keyer computes fingerprints: HMAC-SHA-256 under a key that lives as long as the process. hash/maphash
// would not do, for a collision here would admit a stranger. Safe for concurrent use.
type keyer struct{ macs sync.Pool }

// mac is one reusable computation. The buffers live in it because they would escape otherwise.
type mac struct {
	hash.Hash
	in  []byte
	out fingerprint
}

func newKeyer() *keyer {
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // never fails (crypto/rand documentation)
	return &keyer{macs: sync.Pool{New: func() any {
		return &mac{Hash: hmac.New(sha256.New, key), in: make([]byte, 0, 256)}
	}}}
}

func (k *keyer) fingerprint(token string) fingerprint {
	m := k.macs.Get().(*mac)
	defer k.macs.Put(m)
	m.Reset()
	m.in = append(m.in[:0], token...)
	_, _ = m.Write(m.in) // never fails (hash.Hash)
	clear(m.in)          // the token is a secret: none waits in the pool
	m.Sum(m.out[:0])
	return m.out
}
