package clients

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMissingAtStart(t *testing.T) {
	f := newFixture(t)
	err := f.Load()
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, f.path)
	f.refuses(idA, secretA)
	f.write(encode(t, plain(idA, secretA)))
	f.refuses(idA, secretA)
	f.pass()
	f.accepts(idA, secretA)
	assert.NoError(t, f.Err())
}

func TestFirstUseLoads(t *testing.T) {
	f := newFixture(t)
	f.write(encode(t, plain(idA, secretA)))
	f.accepts(idA, secretA)
}

// Every way of replacing a file, from pair A to pair B.
func TestReplacedFile(t *testing.T) {
	for name, replace := range map[string]func(f *fixture, content string){
		"written in place": func(f *fixture, content string) { f.write(content) },
		"renamed over": func(f *fixture, content string) {
			require.NoError(t, os.WriteFile(f.path+".new", []byte(content), 0o600))
			require.NoError(t, os.Rename(f.path+".new", f.path))
		},
		"removed and created": func(f *fixture, content string) {
			require.NoError(t, os.Remove(f.path))
			f.pass()
			f.accepts(idA, secretA)
			f.write(content)
		},
		"truncated and written": func(f *fixture, content string) {
			f.write("")
			f.pass()
			f.accepts(idA, secretA)
			f.write(content)
		},
		"written in halves": func(f *fixture, content string) {
			f.write(content[:len(content)/2])
			f.pass()
			f.accepts(idA, secretA)
			f.write(content)
		},
		"with the old time and size": func(f *fixture, content string) {
			info, err := os.Stat(f.path)
			require.NoError(t, err)
			f.write(content)
			require.NoError(t, os.Chtimes(f.path, info.ModTime(), info.ModTime()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, plain(idA, secretA))
			f.accepts(idA, secretA)
			replace(f, encode(t, plain(idB, secretB)))
			f.accepts(idA, secretA) // not looked at before the interval has passed
			f.pass()
			f.refuses(idA, secretA)
			f.accepts(idB, secretB)
			assert.NoError(t, f.Err())
		})
	}
}

// A Kubernetes volume:
//
//	clients.json -> ..data/clients.json
//	..data       -> ..v1, renamed over with a link to ..v2
//	..v1/clients.json, ..v2/clients.json
func TestSymlinkSwap(t *testing.T) {
	f := newFixture(t)
	dir := filepath.Dir(f.path)
	publish := func(version string, r record) {
		require.NoError(t, os.Mkdir(filepath.Join(dir, version), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, version, "clients.json"), []byte(encode(t, r)), 0o600))
		require.NoError(t, os.Symlink(version, filepath.Join(dir, "..tmp")))
		require.NoError(t, os.Rename(filepath.Join(dir, "..tmp"), filepath.Join(dir, "..data")))
	}
	publish("..v1", plain(idA, secretA))
	require.NoError(t, os.Symlink(filepath.Join("..data", "clients.json"), f.path))
	require.NoError(t, f.Load())
	f.accepts(idA, secretA)

	publish("..v2", plain(idB, secretB))
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "..v1")))
	f.pass()
	f.refuses(idA, secretA)
	f.accepts(idB, secretB)

	publish("..v3", plain(idB, secretB))
	before := f.roster.Load()
	f.pass()
	f.accepts(idB, secretB)
	assert.Same(t, before, f.roster.Load(), "same content, hence no change")
}

func TestModeAndTimeAreNoChange(t *testing.T) {
	f := newFixture(t, plain(idA, secretA))
	before := f.roster.Load()
	require.NoError(t, os.Chmod(f.path, 0o400))
	require.NoError(t, os.Chtimes(f.path, time.Unix(1, 0), time.Unix(1, 0)))
	require.NoError(t, f.Load())
	assert.Same(t, before, f.roster.Load())
	assert.Equal(t, 1, f.logs.Len())
}

func TestEverythingRevoked(t *testing.T) {
	f := newFixture(t, plain(idA, secretA))
	f.accepts(idA, secretA)
	f.write("[]")
	f.pass()
	f.refuses(idA, secretA)
	assert.NoError(t, f.Err())
}

func TestRotationWithoutAGap(t *testing.T) {
	f := newFixture(t, hashed(idA, bcryptOf(t, secretA)))
	f.accepts(idA, secretA)
	f.refuses(idA, secretC)
	f.write(encode(t, hashed(idA, bcryptOf(t, secretA)), hashed(idA, bcryptOf(t, secretC))))
	f.pass()
	f.accepts(idA, secretA)
	f.accepts(idA, secretC) // the refusal was forgotten with the old file
	f.write(encode(t, hashed(idA, bcryptOf(t, secretC))))
	f.pass()
	f.refuses(idA, secretA)
	f.accepts(idA, secretC)
}

func TestRotationOfOneKeepsTheVerdictsOnOthers(t *testing.T) {
	kept := hashed(idB, bcryptOf(t, secretB))
	f := newFixture(t, hashed(idA, bcryptOf(t, secretA)), kept)
	f.accepts(idA, secretA)
	f.accepts(idB, secretB)
	f.write(encode(t, hashed(idA, bcryptOf(t, secretC)), kept))
	f.pass()
	before := f.compared.Load()
	f.accepts(idB, secretB)
	assert.Equal(t, before, f.compared.Load(), "nothing about it has changed")
	f.refuses(idA, secretA)
}

func TestOnlyOneLooksAtATime(t *testing.T) {
	f := newFixture(t, plain(idA, secretA))
	f.write(encode(t, plain(idB, secretB)))
	f.pass()
	f.mu.Lock() // somebody is reading from a file system that hangs
	f.accepts(idA, secretA)
	f.mu.Unlock()
	f.accepts(idB, secretB)
}

func TestReloadUnderLoad(t *testing.T) {
	f := newFixture(t, plain(idA, secretA), plain(idB, secretB))
	f.settings.CheckInterval = 0
	f.pass()
	var senders sync.WaitGroup
	done := make(chan struct{})
	for range 4 {
		senders.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				_, err := f.Authenticate(context.Background(), basic(idA, secretA))
				assert.NoError(t, err)
			}
		})
	}
	for i := range 30 {
		content := encode(t, plain(idA, secretA), plain(idB, secretB+string(rune('a'+i%26))))
		if i%3 == 0 {
			content = content[:len(content)/2]
		}
		f.write(content)
		_ = f.Load()
	}
	close(done)
	senders.Wait()
}
