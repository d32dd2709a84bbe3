package clients

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/assert"
)

func keyOf(n int) (key fingerprint) {
	binary.BigEndian.PutUint64(key[:], uint64(n))
	return key
}

func TestRefusalsAreBounded(t *testing.T) {
	v := newVerdicts()
	for n := range maxRefused + 10 {
		v.refuse(keyOf(n))
		v.refuse(keyOf(n))
	}
	assert.Len(t, v.refused, maxRefused)
	assert.Len(t, v.order, maxRefused)
	_, _, known := v.lookup(keyOf(9))
	assert.False(t, known, "the oldest are forgotten")
	_, err, known := v.lookup(keyOf(10))
	assert.True(t, known)
	assert.Equal(t, ErrUnauthenticated, err)
}

func TestAcceptancesAreBoundedByThePairs(t *testing.T) {
	f := newFixture(t, plain(idA, secretA))
	token := basic(idA, secretA)[len("Basic "):]
	for _, header := range []string{"Basic " + token, "basic " + token, "BASIC     " + token} {
		_, err := f.Authenticate(t.Context(), header)
		assert.NoError(t, err)
	}
	assert.Len(t, f.roster.Load().verdicts.accepted, 1)
}

func TestFingerprintsDependOnTheProcess(t *testing.T) {
	k := newKeyer()
	first := k.fingerprint("token")
	assert.Equal(t, first, k.fingerprint("token"))
	assert.NotEqual(t, k.fingerprint("token"), k.fingerprint("token2"))
	assert.NotEqual(t, k.fingerprint("token"), newKeyer().fingerprint("token"))
	m := k.macs.Get().(*mac)
	assert.NotContains(t, string(m.in[:cap(m.in)]), "token", "nothing stays in the pool")
}
