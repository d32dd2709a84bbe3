package delivery

import (
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/internal/wal"
)

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
