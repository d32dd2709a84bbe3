package wal

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// letters makes a log of one-letter frames of ten items each, perSegment in a segment.
func letters(t *testing.T, perSegment int, all string) *Log {
	t.Helper()
	const frame = headerSize + 3
	l := open(t, Settings{Directory: t.TempDir(), SegmentSize: int64(perSegment*frame - 1)})
	for _, letter := range all {
		require.NoError(t, l.Append(payload(string(letter), 10)))
	}
	require.Len(t, segmentFiles(t, l.settings.Directory), (len(all)+perSegment-1)/perSegment)
	return l
}

func TestReleaseDeletesWhatIsWhollyReleased(t *testing.T) {
	l := letters(t, 2, "abcde")
	for _, step := range []struct {
		before, first uint64
		segments      int
	}{{0, 0, 3}, {19, 0, 3}, {20, 20, 2}, {39, 20, 2}, {40, 40, 1}, {49, 40, 1}, {50, 50, 1}} {
		require.NoError(t, l.Release(step.before))
		first, end := l.Bounds()
		require.Equal(t, step.first, first)
		require.Equal(t, step.first, l.Evicted())
		require.EqualValues(t, 50, end)
		require.Len(t, segmentFiles(t, l.settings.Directory), step.segments)
		require.Equal(t, sizeOnDisk(t, l.settings.Directory), l.Size())
	}
	require.Zero(t, l.Size())
	require.NoError(t, l.Append(payload("f", 10)))
	require.Equal(t, "f", texts(readFrom(t, l, 0)))
}

// Whatever fits at all fits after everything was released: a full log that refuses does not refuse for ever.
func TestADrainedLogHasRoom(t *testing.T) {
	text := []byte(strings.Repeat("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", 40))
	for i := range text { // not to be compressed
		text[i] ^= byte(i * i >> 3)
	}
	for size := 1; size < 2000; size += 97 {
		l := open(t, Settings{Directory: t.TempDir(), MaxSize: 4096})
		for range 20 {
			err := l.Append(Payload{Data: text[:size], Count: 1})
			if err != nil {
				require.ErrorIs(t, err, ErrFull)
				require.LessOrEqual(t, l.Size(), int64(4096))
				_, end := l.Bounds()
				require.NoError(t, l.Release(end))
				require.NoError(t, l.Append(Payload{Data: text[:size], Count: 1}))
			}
		}
	}
}

func TestEvictionGoesOnUntilThereIsRoom(t *testing.T) {
	l := open(t, Settings{Directory: t.TempDir(), MaxSize: 8 * (headerSize + 3)})
	for i := range 100 {
		for l.Append(payload("x", 10)) != nil {
			require.ErrorIs(t, l.Append(payload("x", 10)), ErrFull)
			kept, err := l.EvictOldest()
			require.NoError(t, err)
			require.Equal(t, kept, l.Evicted())
		}
		require.Equal(t, sizeOnDisk(t, l.settings.Directory), l.Size())
		require.LessOrEqual(t, l.Size(), l.settings.MaxSize)
		_, end := l.Bounds()
		require.EqualValues(t, 10*(i+1), end)
	}
	require.GreaterOrEqual(t, len(readFrom(t, l, 0)), 6)
}

func TestEvictionOfTheSegmentThatIsWritten(t *testing.T) {
	l := letters(t, 100, "abc")
	r := l.NewReader(0)
	defer r.Close()
	frame, err := r.Next()
	require.NoError(t, err)
	require.Equal(t, "a", string(frame.Payload))
	for range 2 { // the second time there is nothing to evict
		kept, err := l.EvictOldest()
		require.NoError(t, err)
		require.EqualValues(t, 30, kept)
	}
	require.Empty(t, readAll(t, r))
	require.NoError(t, l.Append(payload("d", 1)))
	got := readAll(t, r)
	require.Equal(t, "d", texts(got))
	require.EqualValues(t, 30, got[0].First)
}

func TestAReaderJumpsOverWhatIsEvictedUnderIt(t *testing.T) {
	l := letters(t, 2, "abcdefgh")
	r := l.NewReader(0)
	defer r.Close()
	frame, err := r.Next()
	require.NoError(t, err)
	require.EqualValues(t, 0, frame.First)
	for range 2 {
		_, err := l.EvictOldest()
		require.NoError(t, err)
	}
	frame, err = r.Next()
	require.NoError(t, err)
	require.EqualValues(t, 40, frame.First)
	require.Equal(t, "e", string(frame.Payload))
	require.NoError(t, l.Release(60))
	require.Equal(t, "g h", texts(readAll(t, r)))
}

func TestASegmentThatCannotBeDeletedStillCounts(t *testing.T) {
	l := letters(t, 1, "abc")
	oldest := segmentFiles(t, l.settings.Directory)[0]
	require.NoError(t, os.Remove(oldest))
	require.NoError(t, os.MkdirAll(oldest+"/x", 0o700)) // as good as a file that cannot be deleted
	size := l.Size()
	_, err := l.EvictOldest()
	require.ErrorContains(t, err, oldest)
	require.Error(t, l.Release(30))
	require.Equal(t, size, l.Size())
	require.NoError(t, os.RemoveAll(oldest))
	_, err = l.EvictOldest()
	require.NoError(t, err)
	require.Equal(t, "b c", texts(readFrom(t, l, 0)))
}

func TestFreeBytes(t *testing.T) {
	free, err := FreeBytes(t.TempDir())
	require.NoError(t, err)
	require.Positive(t, free)
	_, err = FreeBytes("/does/not/exist")
	require.ErrorContains(t, err, "/does/not/exist")
}
