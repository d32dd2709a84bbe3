package clients

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
	"golang.org/x/crypto/bcrypt"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	idA     = "LTAI5tAAAAAAAAAAAAAAaaaa"
	idB     = "LTAI5tBBBBBBBBBBBBBBbbbb"
	secretA = "secretOfTheFirstClient0000000A"
	secretB = "secretOfTheSecondClient000000B"
	secretC = "secretAfterTheRotation0000000C"
	testGap = 10 * time.Second
)

// record is an entry as a test writes it.
type record map[string]any

func plain(id, secret string) record {
	return record{"AccessKeyId": id, "AccessKeySecret": secret}
}

func hashed(id, hash string) record {
	return record{"AccessKeyId": id, "AccessKeySecretHash": hash}
}

// bcryptOf hashes at the lowest cost, which is the same code at a speed that suits tests.
func bcryptOf(t testing.TB, secret string) string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(secret), bcrypt.MinCost)
	require.NoError(t, err)
	return string(hash)
}

func sha256Of(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return "{SHA256}" + base64.StdEncoding.EncodeToString(sum[:])
}

func encode(t testing.TB, records ...record) string {
	t.Helper()
	if records == nil {
		records = []record{}
	}
	content, err := json.Marshal(records)
	require.NoError(t, err)
	return string(content)
}

func basic(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}

// fixture is a Set over a real file with a clock that only the test moves.
type fixture struct {
	*Set
	t    testing.TB
	path string
	logs *observer.ObservedLogs
	now  time.Time
	// compared counts bcrypt comparisons.
	compared atomic.Int64
}

// newFixture makes a Set whose file holds the records; without any, there is no file.
func newFixture(t testing.TB, records ...record) *fixture {
	t.Helper()
	f := &fixture{t: t, path: filepath.Join(t.TempDir(), "clients.json"), now: time.Unix(1_700_000_000, 0)}
	var core zapcore.Core
	core, f.logs = observer.New(zapcore.DebugLevel)
	f.Set = New(Settings{
		Path:          f.path,
		CheckInterval: testGap,
		Logger:        zap.New(core),
		Now:           func() time.Time { return f.now },
	})
	f.compare = func(hash, password []byte) error {
		f.compared.Add(1)
		return bcrypt.CompareHashAndPassword(hash, password)
	}
	if records != nil {
		f.write(encode(t, records...))
		require.NoError(t, f.Load())
	}
	return f
}

func (f *fixture) write(content string) {
	f.t.Helper()
	require.NoError(f.t, os.WriteFile(f.path, []byte(content), 0o600))
}

// pass lets the check interval go by.
func (f *fixture) pass() { f.now = f.now.Add(testGap) }

func (f *fixture) accepts(id, secret string) {
	f.t.Helper()
	got, err := f.Authenticate(context.Background(), basic(id, secret))
	require.NoError(f.t, err)
	require.Equal(f.t, id, got)
}

func (f *fixture) refuses(id, secret string) {
	f.t.Helper()
	got, err := f.Authenticate(context.Background(), basic(id, secret))
	require.Equal(f.t, ErrUnauthenticated, err, "the bare sentinel, so that all causes read alike")
	require.Empty(f.t, got)
}
