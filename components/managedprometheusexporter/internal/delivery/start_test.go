package delivery

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/msp-collector/msp-collector/components/internal/wal"
)

// fullDisk is one that takes no new file while full says so.
func fullDisk(full func() bool) replacer {
	return func(path string, content []byte) (*os.File, error) {
		if full() {
			return nil, &os.PathError{Op: "write", Path: path, Err: syscall.ENOSPC}
		}
		return replaceFile(path, content)
	}
}

// The log may well have filled the disk itself, and only delivering it makes room.
func TestAFullDiskDoesNotKeepDeliveryFromStarting(t *testing.T) {
	for name, test := range map[string]struct {
		status int // of the endpoint, in the first run
		shards int // in the second
	}{
		"with samples that wait": {http.StatusInternalServerError, 2},
		"and as many shards":     {http.StatusOK, 2},
		"and more shards wanted": {http.StatusOK, 4},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEndpoint(t)
			e.status(test.status)
			s := settings(t, e)
			s.MinShards, s.DropOldest = 2, false
			q := open(t, s)
			appendRounds(t, q, 50, 0, 20)
			require.NoError(t, q.Shutdown(context.Background()))

			var full atomic.Bool
			full.Store(true)
			s.MinShards, s.replace = test.shards, fullDisk(full.Load)
			e.answers(nil)
			q = open(t, s)
			require.Equal(t, 2, q.Shards(), "their number is what the file has")
			appendRounds(t, q, 50, 20, 21)
			e.until("all delivered", func() bool { return q.Snapshot().Queued == 0 })
			full.Store(false)
			different, repeated, _ := e.samples()
			require.Equal(t, [2]int{1050, 0}, [2]int{different, repeated})
			require.Empty(t, balanced(t, q).Dropped)
		})
	}
}

func TestAFullDiskWithoutACheckpoint(t *testing.T) {
	e := newEndpoint(t)
	e.status(http.StatusInternalServerError)
	s := settings(t, e)
	s.Log.SegmentSize = 1 << 10
	q := open(t, s)
	appendRounds(t, q, 50, 0, 40)
	size := q.Bytes()
	require.NoError(t, q.Shutdown(context.Background()))
	require.NoError(t, os.Remove(filepath.Join(s.Log.Directory, checkpointFile)))
	require.NoError(t, os.Remove(filepath.Join(s.Log.Directory, checkpointFile+backupSuffix)))
	s.replace = fullDisk(func() bool { return sizeOf(t, s.Log.Directory) >= size })

	s.DropOldest = false
	_, err := Open(s)
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.ErrorContains(t, err, "the disk of wal::directory is full: free space on it")

	s.DropOldest = true
	e.answers(nil)
	core, logs := observer.New(zap.ErrorLevel)
	s.Logger = zap.New(core)
	q = open(t, s)
	require.Contains(t, logs.All()[0].ContextMap()["detail"], "the disk of wal::directory is full")
	e.until("the rest is delivered", func() bool { return q.Snapshot().Queued == 0 })
	books := balanced(t, q)
	require.EqualValues(t, 2000, books.Recovered)
	require.Equal(t, map[string]uint64{ReasonWALFull: 2000 - books.Delivered}, books.Dropped)
	require.Greater(t, books.Delivered, uint64(1000), "one segment made room")
}

func sizeOf(t *testing.T, directory string) (size int64) {
	segments, err := filepath.Glob(filepath.Join(directory, "*.wal"))
	require.NoError(t, err)
	for _, name := range segments {
		info, err := os.Stat(name)
		require.NoError(t, err)
		size += info.Size()
	}
	return size
}

// A slot that is damaged is written again when the file is taken up, from the copy.
func TestACheckpointIsTakenUpAndMended(t *testing.T) {
	s := Settings{Log: wal.Settings{Directory: t.TempDir()}}
	shards := []progress{{1, 2}, {3, 4}, {0, 0}}
	c, err := openCheckpoint(&s, shards)
	require.NoError(t, err)
	require.NoError(t, c.refresh(true))
	require.NoError(t, c.close())
	damage, err := os.OpenFile(c.path, os.O_RDWR, 0)
	require.NoError(t, err)
	for _, shard := range []int{1, 2} {
		_, err = damage.WriteAt([]byte{0xff}, slotOffset(shard)+8)
		require.NoError(t, err)
	}
	require.NoError(t, damage.Close())

	s.replace = fullDisk(func() bool { return true })
	loaded, problems := loadCheckpoint(s.Log.Directory)
	require.Len(t, problems, 2)
	require.Equal(t, shards, loaded)
	c, err = openCheckpoint(&s, loaded)
	require.NoError(t, err)
	require.NoError(t, c.acknowledge(0, 7))
	require.NoError(t, c.close())
	loaded, problems = loadCheckpoint(s.Log.Directory)
	require.Empty(t, problems)
	require.Equal(t, []progress{{7, 2}, {3, 4}, {0, 0}}, loaded)
}
