package wal

import (
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWhatWasAppendedIsReadInOrderAlsoAfterReopening(t *testing.T) {
	settings := Settings{Directory: filepath.Join(t.TempDir(), "a", "b"), SegmentSize: 100}
	l, err := Open(settings)
	require.NoError(t, err)
	want := []Frame{
		{First: 0, Count: 2, Payload: []byte("ab")},
		{First: 2, Count: 3, Payload: []byte("cde")},
		{First: 5, Count: 1, Payload: []byte(strings.Repeat("x", 300))},
		{First: 6, Count: 7, Payload: []byte("")},
		{First: 13, Count: 1, Payload: []byte("y")},
	}
	require.NoError(t, l.Append())
	require.NoError(t, l.Append(payload("ab", 2), payload("cde", 3)))
	require.NoError(t, l.Append(payload(string(want[2].Payload), 1)))
	require.NoError(t, l.Append(payload("", 7)))
	require.NoError(t, l.Append(payload("y", 1)))
	check := func(l *Log) {
		first, end := l.Bounds()
		require.EqualValues(t, 0, first)
		require.EqualValues(t, 14, end)
		require.EqualValues(t, 0, l.Evicted())
		got := readFrom(t, l, 0)
		require.Len(t, got, len(want))
		for i := range want {
			require.Equal(t, want[i].First, got[i].First)
			require.Equal(t, want[i].Count, got[i].Count)
			require.Equal(t, string(want[i].Payload), string(got[i].Payload))
		}
		require.Empty(t, l.Recovery())
		require.Equal(t, sizeOnDisk(t, settings.Directory), l.Size())
	}
	check(l)
	require.NoError(t, l.Close())
	require.NoError(t, l.Close())
	l = open(t, settings)
	check(l)
	require.Greater(t, len(segmentFiles(t, settings.Directory)), 1)
	for _, name := range append(segmentFiles(t, settings.Directory), filepath.Join(settings.Directory, lockName)) {
		info, err := os.Stat(name)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode())
	}
}

func sizeOnDisk(t *testing.T, directory string) (size int64) {
	t.Helper()
	for _, name := range segmentFiles(t, directory) {
		info, err := os.Stat(name)
		require.NoError(t, err)
		size += info.Size()
	}
	return size
}

func TestReaderBeginsWhereItIsTold(t *testing.T) {
	l := open(t, Settings{Directory: t.TempDir(), SegmentSize: 70}) // two frames each
	for _, text := range strings.Fields("a b c d e f") {
		require.NoError(t, l.Append(payload(text, 10)))
	}
	for from, want := range map[uint64]string{
		0: "a b c d e f", 9: "a b c d e f", 10: "b c d e f", 19: "b c d e f", 20: "c d e f", 35: "d e f", 59: "f", 60: "", 99: "",
	} {
		require.Equal(t, want, texts(readFrom(t, l, from)), "from %d", from)
	}
}

func TestAdvanceLeavesAGap(t *testing.T) {
	settings := Settings{Directory: t.TempDir()}
	l, err := Open(settings)
	require.NoError(t, err)
	l.Advance(5)
	require.NoError(t, l.Append(payload("a", 1)))
	l.Advance(3)
	require.NoError(t, l.Append(payload("b", 1)))
	l.Advance(100)
	require.NoError(t, l.Append(payload("c", 1)))
	require.NoError(t, l.Close())

	l = open(t, settings)
	got := readFrom(t, l, 0)
	require.Equal(t, "a b c", texts(got))
	require.Equal(t, []uint64{5, 6, 100}, []uint64{got[0].First, got[1].First, got[2].First})
	first, end := l.Bounds()
	require.EqualValues(t, 5, first)
	require.EqualValues(t, 101, end)
}

func TestOneProcessHoldsALog(t *testing.T) {
	settings := Settings{Directory: t.TempDir()}
	l, err := Open(settings)
	require.NoError(t, err)
	_, err = Open(settings)
	require.ErrorIs(t, err, ErrLocked)
	require.ErrorContains(t, err, settings.Directory)
	require.ErrorContains(t, err, "another collector or another exporter")
	require.NoError(t, l.Close())
	open(t, settings)
}

func TestUnusableDirectoryIsNamedWithTheUserAndTheRemedy(t *testing.T) {
	inTheWay := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(inTheWay, nil, 0o600))
	_, err := Open(Settings{Directory: filepath.Join(inTheWay, "wal")})
	for _, part := range []string{inTheWay, "user ", "uid ", "mkdir -p", "chown"} {
		require.ErrorContains(t, err, part)
	}
	_, err = Open(Settings{Directory: "/proc"})
	require.ErrorContains(t, err, `directory "/proc" cannot be used by user`)
}

func TestAFullDiskIsNotTakenForAMissingRight(t *testing.T) {
	for _, full := range []error{syscall.ENOSPC, syscall.EDQUOT} {
		err := unusable("/var/wal", &os.PathError{Op: "open", Path: "/var/wal/lock", Err: full})
		require.True(t, DiskFull(err))
		require.ErrorContains(t, err, `"/var/wal" has no room`)
		require.NotContains(t, err.Error(), "chown")
	}
	require.False(t, DiskFull(syscall.EIO))
	require.False(t, DiskFull(nil))
}

func TestWhatCannotBeAppendedSaysWhy(t *testing.T) {
	l, err := Open(Settings{Directory: t.TempDir(), MaxSize: 200})
	require.NoError(t, err)
	require.ErrorIs(t, l.Append(payload("a", 1), payload("b", 0)), ErrNoItems)
	require.ErrorIs(t, l.Append(Payload{Data: make([]byte, maxPayload+1), Count: 1}), ErrTooLarge)
	incompressible := payload("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-+0918273645", 1)
	require.ErrorIs(t, l.Append(incompressible), ErrTooLarge)
	require.Empty(t, readFrom(t, l, 0))
	require.NoError(t, l.Close())
	require.ErrorIs(t, l.Append(payload("a", 1)), ErrClosed)
	require.ErrorIs(t, l.Release(1), ErrClosed)
	_, err = l.EvictOldest()
	require.ErrorIs(t, err, ErrClosed)
	_, err = l.NewReader(0).Next()
	require.ErrorIs(t, err, ErrClosed)
}

func TestWaitIsClosedByTheNextAppendAndByClose(t *testing.T) {
	l, err := Open(Settings{Directory: t.TempDir()})
	require.NoError(t, err)
	wait := l.Wait()
	require.Equal(t, wait, l.Wait())
	select {
	case <-wait:
		require.Fail(t, "nothing was appended")
	default:
	}
	require.NoError(t, l.Append(payload("a", 1)))
	<-wait
	wait = l.Wait()
	require.NoError(t, l.Close())
	<-wait
	<-l.Wait()
}

func TestOnAppendIsToldInOrder(t *testing.T) {
	var told []uint64
	l := open(t, Settings{Directory: t.TempDir(), OnAppend: func(first, end uint64) { told = append(told, first, end) }})
	require.NoError(t, l.Append(payload("a", 2), payload("b", 3)))
	require.Error(t, l.Append(payload("c", 0)))
	require.NoError(t, l.Append(payload("d", 1)))
	require.Equal(t, []uint64{0, 5, 5, 6}, told)
}

func TestSyncPolicies(t *testing.T) {
	for policy, want := range map[SyncPolicy]int32{SyncNone: 0, SyncInterval: 2, SyncAlways: 3} {
		synctest.Test(t, func(t *testing.T) {
			var syncs atomic.Int32
			d := &disk{onSync: func() { syncs.Add(1) }}
			l := open(t, Settings{Directory: t.TempDir(), Sync: policy, open: d.open})
			for range 2 {
				require.NoError(t, l.Append(payload("a", 1)))
			}
			for range 3 { // the second and the third have nothing to do
				<-time.After(syncEvery)
				synctest.Wait()
			}
			require.NoError(t, l.Append(payload("b", 1)))
			<-time.After(syncEvery)
			synctest.Wait()
			require.Equal(t, want, syncs.Load(), "policy %d", policy)
		})
	}
}

func TestSyncReportsWhatFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reported []error
		d := &disk{}
		l := open(t, Settings{
			Directory: t.TempDir(), Sync: SyncInterval, SegmentSize: 1, open: d.open,
			OnSyncError: func(err error) { reported = append(reported, err) },
		})
		require.NoError(t, l.Append(payload("a", 1)))
		d.sync = os.ErrInvalid
		require.ErrorIs(t, l.Sync(), os.ErrInvalid)
		<-time.After(syncEvery)
		synctest.Wait()
		require.Len(t, reported, 1)
		require.NoError(t, l.Append(payload("b", 1))) // in a new segment; the one before cannot be synced
		require.Len(t, reported, 2)
		d.sync = nil
		require.NoError(t, l.Sync())
	})
}
