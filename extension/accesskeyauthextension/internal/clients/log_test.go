package clients

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zapcore"
)

func TestStateChangesAreLoggedOnce(t *testing.T) {
	f := newFixture(t, plain(idA, secretA))
	step := func(want zapcore.Level, fragment string) {
		t.Helper()
		for range 3 {
			f.pass()
			f.accepts(idA, secretA)
		}
		logged := f.logs.TakeAll()
		require.Len(t, logged, 1)
		assert.Equal(t, want, logged[0].Level)
		assert.Contains(t, fmt.Sprint(logged[0].Message, logged[0].ContextMap()), fragment)
	}
	step(zapcore.InfoLevel, "pairs loaded")
	require.NoError(t, os.Remove(f.path))
	step(zapcore.WarnLevel, "no such file")
	require.ErrorContains(t, f.Err(), "no such file")
	f.write("")
	step(zapcore.WarnLevel, "it is empty")
	f.write(encode(t, plain(idA, secretA)))
	step(zapcore.InfoLevel, "pairs loaded")
	assert.NoError(t, f.Err())
}

func TestSameFailureOfAnotherContentIsNotRepeated(t *testing.T) {
	f := newFixture(t, plain(idA, secretA))
	f.write(encode(t, record{"AccessKeyId": idA}))
	require.Error(t, f.Load())
	f.write(encode(t, record{"AccessKeyId": idA, "other": 1}))
	require.Error(t, f.Load())
	assert.Equal(t, 1, f.logs.FilterLevelExact(zapcore.WarnLevel).Len())
}

// Every bad file of this package's tests goes by, with secrets and hashes in the places where a parser
// would quote them.
func TestNothingSecretIsSaid(t *testing.T) {
	const canary = "CANARYcanaryCANARY"
	hash := bcryptOf(t, canary)
	digest := sha256Of(canary)
	f := newFixture(t)
	said := []string{}
	for _, content := range []string{
		encode(t, plain(idA, canary), hashed(idB, hash), hashed(idB, digest)),
		encode(t, plain(idA, canary))[:60],
		encode(t, plain(idA, canary)) + canary,
		canary,
		`"` + canary + `"`,
		`{"AccessKeySecret": "` + canary + `"}`,
		`[{"AccessKeyId": "` + canary + `"` + canary,
		encode(t, plain(idA, canary+" ")),
		encode(t, plain(idA, "<"+canary+">")),
		encode(t, plain(idA, hash)),
		encode(t, hashed(idA, hash+"x")),
		encode(t, hashed(idA, canary)),
		encode(t, hashed(idA, digest+"x")),
		encode(t, record{"AccessKeyId": idA, "AccessKeySecret": canary, "AccessKeySecretHash": hash}),
		encode(t, record{"AccessKeyId": idA, "AccessKeySecret": []string{canary}}),
		encode(t, record{"AccessKeyId": []string{canary}, "AccessKeySecret": canary}),
	} {
		f.write(content)
		if err := f.Load(); err != nil {
			said = append(said, fmt.Sprintf("%v %+v %#v", err, err, err))
		}
		_, err := f.Authenticate(context.Background(), basic(idA, canary+"wrong"))
		said = append(said, err.Error())
	}
	for _, entry := range f.logs.All() {
		said = append(said, fmt.Sprint(entry.Message, entry.ContextMap()))
	}
	all := strings.Join(said, "\n")
	require.NotEmpty(t, all)
	for _, secret := range []string{canary, hash[7:], digest[8:], idA, idB} {
		assert.NotContains(t, all, secret)
	}
	assert.Contains(t, all, "LTAI****aaaa")
}
