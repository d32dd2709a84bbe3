package wal

import (
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// A refused append is injected at every byte of it, in a segment that holds something and in one that does not.
func TestNothingOfARefusedAppendIsEverRead(t *testing.T) {
	refused := []Payload{payload("refused one", 3), payload("refused two", 4)}
	var frames []byte
	for _, p := range refused {
		var err error
		frames, err = appendFrame(frames, p)
		require.NoError(t, err)
	}
	cases := map[string]disk{
		"short write":                          {err: syscall.ENOSPC},
		"truncate fails too":                   {err: syscall.ENOSPC, truncate: syscall.EIO},
		"and no segment can be begun":          {err: syscall.ENOSPC, truncate: syscall.EIO, create: syscall.ENOSPC},
		"short write, sync always":             {err: syscall.ENOSPC, sync: syscall.EIO},
		"sync fails":                           {sync: syscall.ENOSPC},
		"sync fails, and truncate":             {sync: syscall.ENOSPC, truncate: syscall.EIO},
		"sync and truncate, no segment either": {sync: syscall.ENOSPC, truncate: syscall.EIO, create: syscall.ENOSPC},
	}
	for name, faults := range cases {
		t.Run(name, func(t *testing.T) {
			for _, before := range []string{"", "before"} {
				for budget := range len(frames) + 1 {
					faults.budget = budget
					refuse(t, faults, before, refused)
				}
			}
		})
	}
}

func refuse(t *testing.T, faults disk, before string, refused []Payload) {
	t.Helper()
	d := &disk{}
	settings := Settings{Directory: t.TempDir(), open: d.open}
	if faults.sync != nil {
		settings.Sync = SyncAlways
	}
	l, err := Open(settings)
	require.NoError(t, err)
	r := l.NewReader(0)
	defer r.Close()
	var want []string
	if before != "" {
		require.NoError(t, l.Append(payload(before, 5)))
		want = append(want, before)
		require.Equal(t, before, texts(readAll(t, r)))
	}
	_, end := l.Bounds()

	*d = faults
	require.ErrorIs(t, l.Append(refused...), syscall.ENOSPC)
	require.Empty(t, readAll(t, r))
	_, still := l.Bounds()
	require.Equal(t, end, still)
	if faults.create == nil { // else a crash at this very moment would find them
		crashed := open(t, Settings{Directory: copyOf(t, settings.Directory)})
		require.Len(t, readFrom(t, crashed, 0), len(want))
		require.NoError(t, crashed.Append(payload("on", 1)))
		require.Len(t, readFrom(t, crashed, 0), len(want)+1)
	}

	*d = disk{}
	require.NoError(t, l.Append(payload("after", 6)))
	want = append(want, "after")
	require.Equal(t, "after", texts(readAll(t, r)))
	got := readFrom(t, l, 0)
	require.Len(t, got, len(want))
	require.Equal(t, end, got[len(got)-1].First)
	require.NoError(t, l.Close())

	l = open(t, settings)
	require.Equal(t, texts(got), texts(readFrom(t, l, 0)))
	_, still = l.Bounds()
	require.Equal(t, end+6, still)
}

func TestASegmentThatCannotBeBegunCostsNothingAppended(t *testing.T) {
	d := &disk{create: syscall.ENOSPC}
	l := open(t, Settings{Directory: t.TempDir(), SegmentSize: 1, open: d.open})
	require.ErrorIs(t, l.Append(payload("a", 1)), syscall.ENOSPC)
	d.create = nil
	require.NoError(t, l.Append(payload("b", 1)))
	d.create = syscall.ENOSPC
	require.ErrorIs(t, l.Append(payload("c", 1)), syscall.ENOSPC)
	_, err := l.EvictOldest()
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.ErrorIs(t, l.Release(1), syscall.ENOSPC)
	require.Equal(t, "b", texts(readFrom(t, l, 0)))
	d.create = nil
	require.NoError(t, l.Append(payload("d", 1)))
	require.Equal(t, "b d", texts(readFrom(t, l, 0)))
}

func TestATailThatCannotBeCutOffIsLeftBehind(t *testing.T) {
	settings := Settings{Directory: t.TempDir()}
	l, err := Open(settings)
	require.NoError(t, err)
	require.NoError(t, l.Append(payload("a", 1)))
	require.NoError(t, l.Close())
	tear(t, segmentFiles(t, settings.Directory)[0])

	d := &disk{truncate: syscall.EIO}
	settings.open = d.open
	l = open(t, settings)
	require.EqualValues(t, 5, l.Recovery().Cut)
	require.NoError(t, l.Append(payload("b", 1)))
	require.Equal(t, "a b", texts(readFrom(t, l, 0)))
	require.Len(t, segmentFiles(t, settings.Directory), 2)
}

// tear adds a torn frame.
func tear(t *testing.T, name string) {
	t.Helper()
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString(string(magic) + "\x01")
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

// An unreadable page is reported, and passed over when it stays unreadable.
func TestAnUnreadablePageCostsTheFramesInIt(t *testing.T) {
	d := &disk{}
	settings := Settings{Directory: t.TempDir(), SegmentSize: 5 * pageSize, open: d.open}
	l, err := Open(settings)
	require.NoError(t, err)
	const frames = 1000
	for range frames {
		require.NoError(t, l.Append(payload("sixteen bytes ..", 1)))
	}
	d.read, d.badPage = syscall.EIO, 1
	r := l.NewReader(0)
	defer r.Close()
	var got, failed, segments int
	for {
		frame, err := r.Next()
		if err == nil {
			got++
			require.Equal(t, "sixteen bytes ..", string(frame.Payload))
		} else if _, end := l.Bounds(); r.next == end {
			break
		} else {
			require.ErrorIs(t, err, syscall.EIO)
			failed++
		}
	}
	segments = len(segmentFiles(t, settings.Directory))
	require.Greater(t, segments, 2)
	require.Equal(t, readAttempts*segments, failed)
	perPage := pageSize/(headerSize+18) + 2
	require.GreaterOrEqual(t, got, frames-segments*perPage)
	require.Less(t, got, frames)
	require.NoError(t, l.Close())

	l = open(t, settings) // with the fault
	_, end := l.Bounds()
	require.EqualValues(t, frames, end)
}

func TestASegmentThatCannotBeOpenedIsPassedOver(t *testing.T) {
	l := open(t, Settings{Directory: t.TempDir(), SegmentSize: 1})
	for _, text := range []string{"a", "b", "c"} {
		require.NoError(t, l.Append(payload(text, 1)))
	}
	require.NoError(t, os.Remove(segmentFiles(t, l.settings.Directory)[1]))
	r := l.NewReader(0)
	defer r.Close()
	frame, err := r.Next()
	require.NoError(t, err)
	require.Equal(t, "a", string(frame.Payload))
	for range readAttempts {
		_, err = r.Next()
		require.ErrorIs(t, err, os.ErrNotExist)
	}
	require.Equal(t, "c", texts(readAll(t, r)))
}

// What may pass costs nothing, however long it lasts.
func TestTooManyOpenFilesCostNothing(t *testing.T) {
	d := &disk{}
	settings := Settings{Directory: t.TempDir(), open: d.open}
	l, err := Open(settings)
	require.NoError(t, err)
	require.NoError(t, l.Append(payload("a", 1)))
	r := l.NewReader(0)
	defer r.Close()
	d.openErr = syscall.EMFILE
	for range 5 * readAttempts {
		_, err := r.Next()
		require.ErrorIs(t, err, syscall.EMFILE)
	}
	d.openErr, d.read = nil, syscall.ENOMEM
	forget(l)
	for range 5 * readAttempts {
		_, err := r.Next()
		require.ErrorIs(t, err, syscall.ENOMEM)
	}
	require.NoError(t, l.Close())
	_, err = Open(settings)
	require.ErrorIs(t, err, syscall.ENOMEM)
	d.read = nil
	require.Equal(t, "a", texts(readFrom(t, open(t, settings), 0)))
}

func TestASegmentThatSomebodyCutGoesOnWithTheNextFrame(t *testing.T) {
	l := open(t, Settings{Directory: t.TempDir()})
	r := l.NewReader(0)
	defer r.Close()
	for _, text := range []string{"a", "b", "c"} {
		require.NoError(t, l.Append(payload(text, 1)))
	}
	forget(l)
	require.NoError(t, os.Truncate(segmentFiles(t, l.settings.Directory)[0], headerSize+10))
	require.Equal(t, "a", texts(readAll(t, r)))
	require.NoError(t, l.Append(payload("d", 1)))
	require.Equal(t, "d", texts(readAll(t, r)))
}
