package clients

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
)

func TestAuthenticateEveryKindOfSecret(t *testing.T) {
	kinds := map[string]record{
		"plain":        plain(idA, secretA),
		"sha256":       hashed(idA, sha256Of(secretA)),
		"sha256 lower": hashed(idA, strings.Replace(sha256Of(secretA), "SHA", "sha", 1)),
		"bcrypt 2a":    hashed(idA, "$2a"+bcryptOf(t, secretA)[3:]),
		"bcrypt 2b":    hashed(idA, "$2b"+bcryptOf(t, secretA)[3:]),
		"bcrypt 2y":    hashed(idA, "$2y"+bcryptOf(t, secretA)[3:]),
	}
	for name, r := range kinds {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, r)
			f.accepts(idA, secretA)
			f.accepts(idA, secretA)
			f.refuses(idA, secretB)
			f.refuses(idA, "")
			f.refuses(idA, secretA+"x")
			f.refuses(idA, secretA[1:])
			f.refuses(idB, secretA)
			f.refuses(strings.ToLower(idA), secretA)
		})
	}
}

// The vector is from the test suite of crypt_blowfish, so hashes of other implementations are read.
func TestForeignBcryptHash(t *testing.T) {
	f := newFixture(t, hashed(idA, "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"))
	f.accepts(idA, "U*U")
	f.refuses(idA, "U*V")
}

func TestSameIDTwice(t *testing.T) {
	f := newFixture(t, plain(idA, secretA), hashed(idA, bcryptOf(t, secretC)), plain(idB, secretB))
	f.accepts(idA, secretA)
	f.accepts(idA, secretC)
	f.accepts(idB, secretB)
	f.refuses(idA, secretB)
	f.refuses(idB, secretC)
	assert.Equal(t, 3, f.Stats().Pairs)
}

func TestBcryptReadsNoFurtherThan72Bytes(t *testing.T) {
	secret := strings.Repeat("s", maxBcryptPassword)
	f := newFixture(t, hashed(idA, bcryptOf(t, secret)))
	f.accepts(idA, secret)
	f.refuses(idA, secret+"anything")
}

func TestBcryptRepeatsItsKeyAfterNUL(t *testing.T) {
	f := newFixture(t, hashed(idA, bcryptOf(t, "a")))
	f.refuses(idA, "a\x00a")
	f.accepts(idA, "a")
}

func TestRefusalDoesTheSameWorkForEveryID(t *testing.T) {
	f := newFixture(t,
		plain(idA, secretA),
		hashed(idB, bcryptOf(t, secretB)),
		hashed(idB, bcryptOf(t, secretC)),
	)
	work := func(id string) int64 {
		before := f.compared.Load()
		f.refuses(id, "wrong")
		return f.compared.Load() - before
	}
	assert.EqualValues(t, 2, work(idB), "an id with two bcrypt hashes")
	assert.EqualValues(t, 2, work(idA), "an id with a plain secret")
	assert.EqualValues(t, 2, work("LTAI5tNobodyNobodyNobody"), "an id that does not exist")
}

func TestRefusalComparesTheSameCosts(t *testing.T) {
	low, high := bcryptOf(t, secretA), decoyHash(5).hash
	r := newRoster([]client{
		{id: idA, hash: low, cost: 4}, {id: idB, hash: high, cost: 5}, {id: idB, hash: low, cost: 4},
		{id: "c"}, {id: "c", digest: [32]byte{1}},
	})
	costs := func(a account) (list []int) {
		for _, c := range a.hashes {
			list = append(list, c.cost)
		}
		return list
	}
	for _, id := range []string{idA, idB, "c", "nobody"} {
		assert.ElementsMatch(t, []int{4, 5}, costs(r.account(id)), id)
		assert.Len(t, r.account(id).digests, 2, id)
	}
}

func TestDigestsNeedNoBcrypt(t *testing.T) {
	f := newFixture(t, plain(idA, secretA), hashed(idB, bcryptOf(t, secretB)))
	f.accepts(idA, secretA)
	assert.Zero(t, f.compared.Load(), "a right plain secret is settled before bcrypt")
}

func TestVerdictsAreCached(t *testing.T) {
	f := newFixture(t, hashed(idA, bcryptOf(t, secretA)))
	for range 3 {
		f.accepts(idA, secretA)
		f.refuses(idA, secretB)
		f.refuses(idB, secretB)
	}
	assert.EqualValues(t, 3, f.compared.Load(), "one comparison for each distinct header")
}

func TestStats(t *testing.T) {
	f := newFixture(t)
	assert.Equal(t, Stats{}, f.Stats())
	f.write(encode(t, plain(idA, secretA), plain(idB, secretB)))
	require.NoError(t, f.Load())
	f.accepts(idA, secretA)
	f.refuses(idA, secretB)
	_, err := f.Authenticate(context.Background(), "Bearer x")
	require.ErrorIs(t, err, ErrUnauthenticated)
	assert.Equal(t, Stats{Accepted: 1, Refused: [Reasons]int64{WrongSecret: 1, Malformed: 1}, Pairs: 2, Loaded: f.now}, f.Stats())
}

func TestDefaults(t *testing.T) {
	s := New(Settings{Path: t.TempDir()})
	assert.NotEqual(t, (*zap.Logger)(nil), s.settings.Logger)
	require.ErrorIs(t, s.Load(), errNotRegular)
	_, err := s.Authenticate(context.Background(), basic(idA, secretA))
	assert.ErrorIs(t, err, ErrUnauthenticated)
}
