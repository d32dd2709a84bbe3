package delivery

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var writeGolden = flag.String("golden.write", "", "write the golden log of a new format into a new folder of this name")

// TestWriteGoldenLog writes a golden log as a crash in the middle of delivery leaves it: a request of each shard is in flight,
// and the checkpoint knows of samples that were delivered. Without the flag, the log goes to a temporary folder, and must open.
func TestWriteGoldenLog(t *testing.T) {
	directory := t.TempDir()
	if *writeGolden != "" {
		directory = filepath.Join(goldenDirectory, *writeGolden)
		require.NoError(t, os.Mkdir(directory, 0o750), "a golden log is written once")
	}
	payloads := goldenPayloads(t, *writeGolden)
	wait := newEndpoint(t)
	q := open(t, goldenSettings(t, directory, &recorder{limit: 1}))
	require.NoError(t, q.Append(payloads))
	wait.until("some was delivered, and each shard has a request in flight", func() bool {
		shards, _ := loadCheckpoint(directory)
		for _, shard := range shards {
			if shard.intended <= shard.acknowledged {
				return false
			}
		}
		return len(shards) == 2 && q.Snapshot().Delivered > 0
	})
	require.NoError(t, q.checkpoint.refresh(true))
	crash(t, q)
	require.NoError(t, os.Remove(filepath.Join(directory, "lock")))

	rest := &recorder{}
	copied := t.TempDir()
	require.NoError(t, os.CopyFS(copied, os.DirFS(directory)))
	q = open(t, goldenSettings(t, copied, rest))
	wait.until("the rest was delivered", func() bool { return q.Snapshot().Queued == 0 })
	require.Empty(t, balanced(t, q).Dropped)
	if *writeGolden != "" {
		require.NoError(t, os.WriteFile(filepath.Join(directory, "want.txt"), []byte(rest.text()), 0o600))
	}
}
