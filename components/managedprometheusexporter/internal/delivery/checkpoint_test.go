package delivery

import (
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/msp-collector/msp-collector/components/internal/wal"
)

// Another number of shards waits until there is room for its checkpoint; meanwhile delivery goes on with the one there is.
func TestShardsStayAsManyWhileTheDiskIsFull(t *testing.T) {
	var full atomic.Bool
	e := newEndpoint(t)
	s := settings(t, e)
	core, logs := observer.New(zap.InfoLevel)
	s.Logger, s.replace = zap.New(core), fullDisk(full.Load)
	q := open(t, s)
	full.Store(true)
	q.setReshardEvery(time.Millisecond)
	q.setShape(func() int { return 4 })
	e.until("it was tried", func() bool { return logs.FilterMessage("The number of shards cannot be changed").Len() > 0 })
	appendRounds(t, q, 50, 0, 10)
	e.until("all delivered", func() bool { return q.Snapshot().Delivered == 500 })
	require.Equal(t, 1, q.Shards())
	require.Zero(t, logs.FilterMessage("Changed the number of shards").Len())
	full.Store(false)
	e.until("there is room", func() bool { return q.Shards() == 4 })
}

// A slow disk holds up no shard: what they are done with while the copy is written is in the next one.
func TestShardsGoOnWhileTheCopyIsWritten(t *testing.T) {
	s := Settings{Log: wal.Settings{Directory: t.TempDir()}}
	c, err := openCheckpoint(&s, []progress{{1, 2}})
	require.NoError(t, err)
	writes := 0
	c.replace = func(path string, content []byte) (*os.File, error) {
		if writes++; writes == 1 {
			require.NoError(t, c.acknowledge(0, 7))
		}
		return replaceFile(path, content)
	}
	for _, want := range []progress{{1, 2}, {7, 2}} {
		require.NoError(t, c.refresh(true))
		copied, _, err := readCheckpoint(c.path + backupSuffix)
		require.NoError(t, err)
		require.Equal(t, []progress{want}, copied)
	}
	require.NoError(t, c.refresh(true))
	require.Equal(t, 2, writes, "nothing has changed")

	require.NoError(t, c.acknowledge(0, 8))
	c.replace = fullDisk(func() bool { return true })
	require.ErrorIs(t, c.refresh(true), syscall.ENOSPC)
	c.replace = func(path string, content []byte) (*os.File, error) {
		c.replace = replaceFile
		require.NoError(t, c.reset([]progress{{9, 9}, {9, 9}}))
		return replaceFile(path, content)
	}
	require.NoError(t, c.refresh(true), "what failed is tried again; the file it was for has been replaced")
	require.NoError(t, c.refresh(true))
	copied, _, err := readCheckpoint(c.path + backupSuffix)
	require.NoError(t, err)
	require.Equal(t, []progress{{9, 9}, {9, 9}}, copied)
	require.NoError(t, c.close())
}
