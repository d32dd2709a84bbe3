package source

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func write(t *testing.T, path, content string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
}

const (
	pairA = `{"AccessKeyId":"id-a","AccessKeySecret":"secret-a"}`
	pairB = `{"AccessKeyId":"id-b","AccessKeySecret":"secret-b"}`
)

// Each way in which operators and tools replace a file; broken states in between must be errors.
func TestEveryWayOfReplacingAFile(t *testing.T) {
	styles := map[string]func(t *testing.T, path string, broken func()){
		"in place": func(t *testing.T, path string, _ func()) { write(t, path, pairB) },
		"rename over": func(t *testing.T, path string, _ func()) {
			write(t, path+"~", pairB)
			require.NoError(t, os.Rename(path+"~", path))
		},
		"remove then create": func(t *testing.T, path string, broken func()) {
			require.NoError(t, os.Remove(path))
			broken()
			write(t, path, pairB)
		},
		"move away then create": func(t *testing.T, path string, broken func()) {
			require.NoError(t, os.Rename(path, path+".old"))
			broken()
			write(t, path, pairB)
		},
		"empty first": func(t *testing.T, path string, broken func()) { write(t, path, ""); broken(); write(t, path, pairB) },
		"half written": func(t *testing.T, path string, broken func()) {
			write(t, path, pairB[:30])
			broken()
			write(t, path, pairB)
		},
	}
	for name, replace := range styles {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "accesskey.json")
			write(t, path, pairA)
			src := NewFile(FileSettings{Path: path})
			requireID(t, src, "id-a")
			replace(t, path, func() {
				_, err := src.Load(context.Background())
				require.ErrorContains(t, err, path)
				require.NotContains(t, err.Error(), "secret-b")
			})
			requireID(t, src, "id-b")
		})
	}
}

// Kubernetes mounts a secret as links through a folder that it swaps:
//
//	accesskey.json -> ..data/accesskey.json
//	..data         -> ..2026_01 (then ..2026_02)
func TestKubernetesSwap(t *testing.T) {
	root := t.TempDir()
	for dir, content := range map[string]string{"..2026_01": pairA, "..2026_02": pairB} {
		require.NoError(t, os.Mkdir(filepath.Join(root, dir), 0o700))
		write(t, filepath.Join(root, dir, "accesskey.json"), content)
	}
	require.NoError(t, os.Symlink("..2026_01", filepath.Join(root, "..data")))
	path := filepath.Join(root, "accesskey.json")
	require.NoError(t, os.Symlink("..data/accesskey.json", path))
	src := NewFile(FileSettings{Path: path})
	requireID(t, src, "id-a")
	require.NoError(t, os.Symlink("..2026_02", filepath.Join(root, "..next")))
	require.NoError(t, os.Rename(filepath.Join(root, "..next"), filepath.Join(root, "..data")))
	requireID(t, src, "id-b")
}

// loadedTwoFiles is a source that has read the pair id-a from two files, by the clock given.
func loadedTwoFiles(t *testing.T, now *time.Time) (src *twoFiles, id, secret string) {
	t.Helper()
	dir := t.TempDir()
	id, secret = filepath.Join(dir, "id"), filepath.Join(dir, "secret")
	write(t, id, "id-a\n")
	write(t, secret, "secret-a\r\n")
	src = NewFile(FileSettings{IDPath: id, SecretPath: secret}).(*twoFiles)
	src.now = func() time.Time { return *now }
	requireID(t, src, "id-a")
	return src, id, secret
}

func TestTwoFilesAreNeverMixed(t *testing.T) {
	now := time.Unix(0, 0)
	src, id, secret := loadedTwoFiles(t, &now)

	write(t, id, "id-b")
	_, err := src.Load(context.Background())
	require.ErrorIs(t, err, errHalfWritten)
	write(t, secret, "secret-b")
	requireID(t, src, "id-b")

	write(t, secret, "secret-corrected")
	_, err = src.Load(context.Background())
	require.ErrorIs(t, err, errHalfWritten)
	now = now.Add(settleTime)
	requireID(t, src, "id-b")
}

// A writer that takes longer than the settle time has its mixed pair tried, and the whole one taken at once.
func TestSlowWriterOfTwoFiles(t *testing.T) {
	now := time.Unix(0, 0)
	src, id, secret := loadedTwoFiles(t, &now)

	write(t, id, "id-b")
	_, err := src.Load(context.Background())
	require.ErrorIs(t, err, errHalfWritten)
	now = now.Add(settleTime)
	requireID(t, src, "id-b")
	write(t, secret, "secret-b")
	requireID(t, src, "id-b")

	write(t, secret, "secret-corrected")
	_, err = src.Load(context.Background())
	require.ErrorIs(t, err, errHalfWritten)
	now = now.Add(correctionTime)
	requireID(t, src, "id-b")
	write(t, id, "id-c")
	_, err = src.Load(context.Background())
	require.ErrorIs(t, err, errHalfWritten, "half of the next rotation")
	write(t, secret, "secret-c")
	requireID(t, src, "id-c")
}

func TestInlineIDWithSecretFile(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	write(t, secret, "secret-a")
	src := NewFile(FileSettings{AccessKeyID: "id-a", SecretPath: secret})
	requireID(t, src, "id-a")
	write(t, secret, "secret-b")
	requireID(t, src, "id-a")
}

func TestWorldReadableFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "accesskey.json")
	write(t, path, pairA)
	require.NoError(t, os.Chmod(path, 0o644))
	loaded, err := NewFile(FileSettings{Path: path}).Load(context.Background())
	require.NoError(t, err)
	require.Contains(t, loaded.Warning, "chmod 600")
	_, err = NewFile(FileSettings{Path: path, RefuseWorldRead: true}).Load(context.Background())
	require.ErrorContains(t, err, "file_mode: refuse")
	require.NoError(t, os.Chmod(path, 0o640))
	loaded, err = NewFile(FileSettings{Path: path, RefuseWorldRead: true}).Load(context.Background())
	require.NoError(t, err)
	require.Empty(t, loaded.Warning)
}

func TestDirectoryIsNamed(t *testing.T) {
	_, err := NewFile(FileSettings{Path: t.TempDir()}).Load(context.Background())
	require.ErrorContains(t, err, "is a directory: name a regular file")
}

func requireID(t *testing.T, src Source, id string) {
	t.Helper()
	loaded, err := src.Load(context.Background())
	require.NoError(t, err)
	require.Equal(t, id, loaded.Pair.AccessKeyID)
}

func TestExpirationInAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "accesskey.json")
	src := NewFile(FileSettings{Path: path})
	load := func(expiration string) (Loaded, error) {
		write(t, path, `{"AccessKeyId":"STS.id","AccessKeySecret":"sesame","SecurityToken":"token","Expiration":`+expiration+`}`)
		return src.Load(context.Background())
	}
	loaded, err := load(`"2999-01-01T08:00:00+08:00"`)
	require.NoError(t, err)
	require.True(t, time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC).Equal(loaded.Pair.Expiry))
	for _, none := range []string{`null`, `""`} {
		loaded, err = load(none)
		require.NoError(t, err)
		require.Zero(t, loaded.Pair.Expiry)
		require.True(t, loaded.Pair.Temporary())
	}
	for _, bad := range []string{`"tomorrow"`, `32472144000`, `{"a":1}`} {
		_, err = load(bad)
		require.ErrorIs(t, err, errBadExpiry)
		require.ErrorContains(t, err, path)
		require.NotContains(t, err.Error(), "tomorrow")
	}
	_, err = load(`"2006-01-02T15:04:05Z"`)
	require.ErrorContains(t, err, path)
	require.ErrorContains(t, err, "has ended at its Expiration, 2006-01-02T15:04:05Z")
}

// What an editor leaves around a value of the two-file pair, and a person cannot see, is taken off; inside it is named.
func TestInvisibleCharactersInTwoFiles(t *testing.T) {
	dir := t.TempDir()
	id, secret := filepath.Join(dir, "id"), filepath.Join(dir, "secret")
	for written, want := range map[string]struct{ id, secret, err string }{
		"\ufeffid|\ufeffsecret":            {id: "id", secret: "secret"},
		" \tid\r\n|\n  secret \n\n":        {id: "id", secret: "secret"},
		"\u200bid\u2060|secret\u00ad\n":    {id: "id", secret: "secret"},
		"i\u200bd|secret":                  {err: "the AccessKey ID holds U+200B at position 2"},
		"id|se\ufeffcret":                  {err: "the AccessKey secret holds U+FEFF at position 3"},
		"id|se cret":                       {err: "the AccessKey secret holds white space"},
		"id|\xff\xfes\x00e\x00c\x00r\x00":  {err: "it is UTF-16 text: save it as UTF-8"},
		"id|\ufeff\n":                      {err: "it is empty"},
		"id|se\xffcret":                    {err: "the AccessKey secret holds U+FFFD at position 3"},
		"\ufeffid\r\n|" + "\u00a0secret\n": {id: "id", secret: "secret"},
	} {
		one, other, _ := strings.Cut(written, "|")
		write(t, id, one)
		write(t, secret, other)
		loaded, err := NewFile(FileSettings{IDPath: id, SecretPath: secret}).Load(context.Background())
		if want.err != "" {
			require.ErrorContains(t, err, want.err, "%q", written)
			continue
		}
		require.NoError(t, err, "%q", written)
		require.Equal(t, want.id, loaded.Pair.AccessKeyID)
		require.Equal(t, want.secret, string(loaded.Pair.AccessKeySecret))
	}
}
