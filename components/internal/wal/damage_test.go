package wal

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// write makes a log of one segment, and returns its file, what is in it, and where each frame ends.
func write(t *testing.T, words ...string) (name string, data []byte, ends []int) {
	t.Helper()
	l, err := Open(Settings{Directory: t.TempDir()})
	require.NoError(t, err)
	for _, word := range words {
		require.NoError(t, l.Append(payload(word, 10)))
		ends = append(ends, int(l.Size()))
	}
	require.NoError(t, l.Close())
	name = segmentFiles(t, l.settings.Directory)[0]
	data, err = os.ReadFile(name)
	require.NoError(t, err)
	return name, data, ends
}

func TestCutAtEveryByte(t *testing.T) {
	words := []string{"one", "two", "three", ""}
	name, data, ends := write(t, words...)
	for size := range data {
		whole := 0
		for whole < len(ends) && ends[whole] <= size {
			whole++
		}
		require.NoError(t, os.WriteFile(name, data[:size], 0o600))
		l, err := Open(Settings{Directory: filepath.Dir(name)})
		require.NoError(t, err)
		_, end := l.Bounds()
		require.EqualValues(t, 10*whole, end)
		lost := size
		if whole > 0 {
			lost -= ends[whole-1]
		}
		require.EqualValues(t, lost, l.Recovery().Cut)
		require.NoError(t, l.Append(payload("new", 1)))
		want := append(append([]string(nil), words[:whole]...), "new")
		require.Equal(t, strings.Join(want, " "), texts(readFrom(t, l, 0)))
		require.NoError(t, l.Close())
	}
}

func TestEachDamagedByteCostsOneFrame(t *testing.T) {
	words := []string{"one", "two", "three", "four"}
	name, data, ends := write(t, words...)
	frame := 0
	for at := range data {
		if at == ends[frame] {
			frame++
		}
		damaged := append([]byte(nil), data...)
		damaged[at] ^= 0x10
		require.NoError(t, os.WriteFile(name, damaged, 0o600))
		l, err := Open(Settings{Directory: filepath.Dir(name)})
		require.NoError(t, err)
		require.NoError(t, l.Append(payload("new", 1)))
		want := append(append([]string(nil), words[:frame]...), words[frame+1:]...)
		got := readFrom(t, l, 0)
		require.Equal(t, strings.Join(append(want, "new"), " "), texts(got))
		if at >= ends[2] && at < ends[2]+headerSize {
			require.Positive(t, l.Recovery().Cut)
			require.EqualValues(t, 30, got[3].First) // its ordinals are given again: see Advance
		} else {
			require.Empty(t, l.Recovery())
			require.EqualValues(t, 40, got[3].First)
		}
		require.NoError(t, l.Close())
	}
}

func TestOrdinalsDoNotGoBackBehindTheNameOfALostSegment(t *testing.T) {
	for name, damage := range map[string]func(data []byte) []byte{
		"empty":   func([]byte) []byte { return nil },
		"zeroed":  func(data []byte) []byte { return make([]byte, len(data)) },
		"garbage": func(data []byte) []byte { return []byte(strings.Repeat("\xf5MSP\x01", len(data))) },
	} {
		t.Run(name, func(t *testing.T) {
			settings := Settings{Directory: t.TempDir(), SegmentSize: 1}
			l, err := Open(settings)
			require.NoError(t, err)
			require.NoError(t, l.Append(payload("a", 100)))
			require.NoError(t, l.Append(payload("b", 100)))
			require.NoError(t, l.Close())
			last := segmentFiles(t, settings.Directory)[1]
			data, err := os.ReadFile(last)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(last, damage(data), 0o600))

			l = open(t, settings)
			_, end := l.Bounds()
			require.EqualValues(t, 100, end)
			require.NoError(t, l.Append(payload("c", 1)))
			require.Equal(t, "a c", texts(readFrom(t, l, 0)))
			require.Equal(t, sizeOnDisk(t, settings.Directory), l.Size())
		})
	}
}

func TestForeignFilesAreLeftAlone(t *testing.T) {
	settings := Settings{Directory: t.TempDir()}
	foreign := []string{"readme", "1.wal", "0000000000000000000x.wal", "99999999999999999999.wal", "00000000000000000009.wal.bak"}
	for _, name := range foreign {
		require.NoError(t, os.WriteFile(filepath.Join(settings.Directory, name), []byte("mine"), 0o600))
	}
	require.NoError(t, os.Mkdir(filepath.Join(settings.Directory, "00000000000000000007.wal"), 0o700))
	l := open(t, settings)
	require.NoError(t, l.Append(payload("a", 1)))
	first, end := l.Bounds()
	require.Zero(t, first)
	require.EqualValues(t, 1, end)
	require.NoError(t, l.Release(1))
	_, err := l.EvictOldest()
	require.NoError(t, err)
	for _, name := range foreign {
		data, err := os.ReadFile(filepath.Join(settings.Directory, name))
		require.NoError(t, err)
		require.Equal(t, "mine", string(data))
	}
}

// A payload may be a copy of frames, or aim to be taken for them: it is not read in place of the frame it lies in.
func TestFramesInsideAPayloadAreNotRead(t *testing.T) {
	stolen, err := appendFrame(nil, payload("stolen", 0xfedcba98)) // with few zeros, and so stored as it is
	require.NoError(t, err)
	seal(stolen, 0x0123456789abcdef, 0)
	name, data, ends := write(t, "before", string(stolen), "after")
	require.Contains(t, string(data), string(stolen))
	data[ends[0]+9] ^= 1 // the length of the second frame
	require.NoError(t, os.WriteFile(name, data, 0o600))
	l := open(t, Settings{Directory: filepath.Dir(name)})
	require.Equal(t, "before after", texts(readFrom(t, l, 0)))
}

// Wherever a header lies in what is read at once, it is found.
func TestScanAcrossWindows(t *testing.T) {
	for garbage := int64(readAhead - headerSize - 10); garbage < readAhead+10; garbage++ {
		frame, err := appendFrame(nil, payload("x", 1))
		require.NoError(t, err)
		seal(frame, 7, garbage)
		data := append(make([]byte, garbage), frame...)
		c := cursor{file: bytes.NewReader(data)}
		b := bounds{limit: int64(len(data)), from: 7, to: 8}
		h, err := c.next(b)
		require.NoError(t, err)
		require.EqualValues(t, 7, h.first)
		require.Equal(t, garbage, c.offset)

		for _, b := range []bounds{{b.limit - 1, 7, 8}, {b.limit, 8, 9}, {b.limit, 0, 7}} { // not as expected
			c.offset = garbage
			_, err = c.next(b)
			require.ErrorIs(t, err, io.EOF)
		}
	}
}

func TestHeaderChecksumIsThatOfHeaderAndOffset(t *testing.T) {
	frame, err := appendFrame(nil, payload("x", 1))
	require.NoError(t, err)
	const offset = 0x0123456789abcdef
	covered := binary.LittleEndian.AppendUint64(bytes.Clone(frame[:28]), offset)
	require.Equal(t, crc32.Checksum(covered, castagnoli), headerChecksum(frame, offset))
}

// A header is believed only as far as a reader's memory is safe.
func TestAHeaderCannotAskForUnboundedMemory(t *testing.T) {
	frame, err := appendFrame(nil, payload("x", 1))
	require.NoError(t, err)
	seal(frame, 0, 0)
	_, ok := parseHeader(frame, 0)
	require.True(t, ok)
	binary.LittleEndian.PutUint32(frame[8:], maxStored+1)
	binary.LittleEndian.PutUint32(frame[28:], headerChecksum(frame, 0))
	_, ok = parseHeader(frame, 0)
	require.False(t, ok)

	bomb := binary.AppendUvarint(nil, maxPayload+1)
	_, ok = unpack(nil, bomb, &header{checksum: crc32.Checksum(bomb, castagnoli)})
	require.False(t, ok)
}
