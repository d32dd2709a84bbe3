package clients

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every refusal reads alike to the client, and the operator learns its reason, the first time as well
// as from the cache.
func TestTheOperatorLearnsWhy(t *testing.T) {
	const name = "agent-1"
	f := newFixture(t, hashed(idA, bcryptOf(t, secretA)), plain(name, secretB))
	var seen []Refusal
	f.settings.OnRefused = func(_ context.Context, refusal Refusal) { seen = append(seen, refusal) }
	for header, want := range map[string]Refusal{
		"":                                    {NoCredentials, ""},
		"Bearer " + secretA:                   {Malformed, ""},
		"Basic %%%":                           {Malformed, ""},
		basic("", secretA):                    {Malformed, ""},
		basic(idA, secretB):                   {WrongSecret, "LTAI****aaaa"},
		basic(name, secretA):                  {WrongSecret, name},
		basic(idB, secretB):                   {UnknownID, "LTAI****bbbb"},
		basic("agent-2", secretB):             {UnknownID, "****"},
		basic(secretB, idB):                   {UnknownID, "****"}, // swapped: the id is a secret
		basic("\xff\xfe\xfd\xfcabcdefgh", ""): {UnknownID, "****efgh"},
	} {
		for range 2 {
			seen = nil
			_, err := f.Authenticate(t.Context(), header)
			require.Equal(t, ErrUnauthenticated, err, header)
			assert.Equal(t, []Refusal{want}, seen, header)
		}
	}
	stats := f.Stats().Refused
	assert.Equal(t, [Reasons]int64{NoCredentials: 2, Malformed: 6, UnknownID: 8, WrongSecret: 4}, stats)
	f.accepts(name, secretB)
	assert.Equal(t, stats, f.Stats().Refused)
}

func TestWithoutPairsNoSenderIsToBlame(t *testing.T) {
	f := newFixture(t)
	f.refuses(idA, secretA)
	assert.Equal(t, [Reasons]int64{NoPairs: 1}, f.Stats().Refused)
	assert.Equal(t, "no_pairs", NoPairs.String())
}
