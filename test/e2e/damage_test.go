package e2e

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// What a disk does to a backlog between two runs costs what it hit, and is booked.
func TestDamageBetweenRunsIsBooked(t *testing.T) {
	for name, test := range map[string]struct {
		damage func(t *testing.T, directory string)
		lost   bool // some samples cannot be read any more
		cut    bool // some samples are not even known of
	}{
		"truncated tail":       {damage: truncateTail, cut: true},
		"flipped bytes":        {damage: flipBytes, lost: true},
		"checkpoint missing":   {damage: removeFiles("checkpoint")},
		"checkpoint zeroed":    {damage: zeroFile("checkpoint")},
		"checkpoints missing":  {damage: removeFiles("checkpoint", "checkpoint.backup")},
		"a foreign file there": {damage: zeroFile("00000000000000000000.tmp")},
	} {
		t.Run(name, func(t *testing.T) {
			f := startFaultRun(t)
			t.Cleanup(func() { f.collector.Stop() })
			f.arrives(1000)
			f.endpoint.Answer(harness.Always(harness.Answer{Status: http.StatusServiceUnavailable}))
			f.accepts(3000)
			pushed, err := f.push.Finish(deadline(t, patience))
			require.NoError(t, err)
			delivered := f.ledger.Totals().Distinct()
			f.collector.Kill()
			test.damage(t, filepath.Join(f.settings.Directory, "state", "wal", "managed_prometheus"))
			f.endpoint.Answer(harness.Accept)
			require.NoError(t, f.collector.Restart(deadline(t, patience)))
			s := f.settle()

			missing := pushed.Acknowledged - s.Distinct()
			switch {
			case test.lost:
				assert.NotZero(t, missing)
				assert.Equal(t, missing, s.Dropped["corrupt"], "exactly what is missing is booked")
			case test.cut:
				assert.NotZero(t, missing)
				assert.Equal(t, missing, pushed.Acknowledged-delivered-s.Recovered, "exactly what was cut off is not recovered")
			default:
				assert.Zero(t, missing)
				assert.Empty(t, s.Dropped)
			}
			if name != "checkpoints missing" {
				assert.Zero(t, s.Repeated)
			}
		})
	}
}

func truncateTail(t *testing.T, directory string) {
	path := lastSegment(t, directory)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.NoError(t, os.Truncate(path, info.Size()-100))
}

// flipBytes damages the middle of what is not delivered yet.
func flipBytes(t *testing.T, directory string) {
	path := lastSegment(t, directory)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	at := len(content) * 3 / 4
	for i := range 16 {
		content[at+i] ^= 0xff
	}
	require.NoError(t, os.WriteFile(path, content, 0o600))
}

func removeFiles(names ...string) func(*testing.T, string) {
	return func(t *testing.T, directory string) {
		for _, name := range names {
			require.NoError(t, os.Remove(filepath.Join(directory, name)))
		}
	}
}

func zeroFile(name string) func(*testing.T, string) {
	return func(t *testing.T, directory string) {
		require.NoError(t, os.WriteFile(filepath.Join(directory, name), make([]byte, 4096), 0o600))
	}
}

func lastSegment(t *testing.T, directory string) string {
	segments, err := filepath.Glob(filepath.Join(directory, "*.wal"))
	require.NoError(t, err)
	require.NotEmpty(t, segments)
	return slices.Max(segments)
}

// A log on a full disk: drop_oldest goes on with the newest samples, refuse tells the sender, who comes again.
func TestAFullDisk(t *testing.T) {
	for whenFull, dropped := range map[string]bool{"drop_oldest": true, "refuse": false} {
		t.Run(whenFull, func(t *testing.T) {
			disk := smallDisk(t)
			f := startFaultRun(t, harness.ExporterSetting("wal::directory", disk), harness.ExporterSetting("wal::max_size", "64MiB"),
				harness.ExporterSetting("wal::when_full", whenFull))
			f.arrives(1000)
			f.endpoint.Answer(harness.Always(harness.Answer{Status: http.StatusServiceUnavailable}))
			fill(t, filepath.Join(disk, "other"))
			until(t, "the log has had to do without room", func(ctx context.Context) error {
				if dropped {
					return droppedAny(ctx, f)
				}
				return refusedAny(f)
			})
			require.NoError(t, os.Remove(filepath.Join(disk, "other")))
			f.endpoint.Answer(harness.Accept)
			s := f.settle()
			assert.Zero(t, s.Repeated)
			assert.Equal(t, dropped, s.Dropped["wal_full"] > 0)
			assert.Equal(t, s.pushed.Acknowledged, s.Distinct()+s.DroppedInAll())
		})
	}
}

func droppedAny(ctx context.Context, f *faultRun) error {
	books, err := f.collector.Books(ctx, harness.DefaultExporter)
	if err == nil && books.Dropped["wal_full"] == 0 {
		err = assert.AnError
	}
	return err
}

func refusedAny(f *faultRun) error {
	if f.push.Sent().Refused == 0 {
		return assert.AnError
	}
	return nil
}

// smallDisk is a file system of 24 MiB.
func smallDisk(t *testing.T) string {
	directory := t.TempDir()
	require.NoError(t, syscall.Mount("tmpfs", directory, "tmpfs", 0, "size=24m"), "mounting a tmpfs needs root: run this test as root, as CI does")
	t.Cleanup(func() { _ = syscall.Unmount(directory, syscall.MNT_DETACH) })
	return directory
}

// fill takes all room that is left.
func fill(t *testing.T, path string) {
	file, err := os.Create(path)
	require.NoError(t, err)
	defer file.Close()
	block := make([]byte, 64<<10)
	for err == nil {
		_, err = file.Write(block)
	}
	require.ErrorIs(t, err, syscall.ENOSPC)
}
