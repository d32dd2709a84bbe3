package wal

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestALogThatMovesGoesOn(t *testing.T) {
	directory := t.TempDir()
	from, to := filepath.Join(directory, "from"), filepath.Join(directory, "to")
	l := open(t, Settings{Directory: from, SegmentSize: 1})
	require.NoError(t, l.Append(payload("a", 2), payload("b", 3)))
	require.NoError(t, l.Append(payload("c", 1)))
	require.ErrorIs(t, Move(from, to), ErrLocked, "somebody holds it")
	require.NoDirExists(t, to)
	require.NoError(t, l.Close())
	require.NoError(t, os.WriteFile(filepath.Join(from, "beside"), []byte("it"), 0o600))

	require.NoError(t, Move(from, to))
	require.NoDirExists(t, from)
	require.FileExists(t, filepath.Join(to, "beside"))
	moved := open(t, Settings{Directory: to})
	require.NoError(t, moved.Append(payload("d", 1)))
	require.Equal(t, "a b c d", texts(readFrom(t, moved, 0)))
	_, end := moved.Bounds()
	require.EqualValues(t, 7, end, "ordinals go on")
}

func TestALogIsNotMovedOntoAnything(t *testing.T) {
	directory := t.TempDir()
	from, to := filepath.Join(directory, "from"), filepath.Join(directory, "to")
	for _, name := range []string{from, to} {
		require.NoError(t, open(t, Settings{Directory: name}).Close())
	}
	require.ErrorIs(t, Move(from, to), fs.ErrExist)
	require.DirExists(t, from)
}

func TestALogInUseIsNotRemoved(t *testing.T) {
	directory := filepath.Join(t.TempDir(), "log")
	used, err := InUse(directory)
	require.NoError(t, err)
	require.False(t, used)
	require.NoDirExists(t, directory, "whoever looks leaves no trace")

	l := open(t, Settings{Directory: directory})
	require.NoError(t, l.Append(payload("a", 1)))
	used, err = InUse(directory)
	require.NoError(t, err)
	require.True(t, used)
	require.ErrorIs(t, Remove(directory), ErrLocked)
	require.Len(t, segmentFiles(t, directory), 1)

	require.NoError(t, l.Close())
	used, err = InUse(directory)
	require.NoError(t, err)
	require.False(t, used)
	require.NoError(t, Remove(directory))
	require.NoDirExists(t, directory)
}

// What is delivered must not be forgotten before what was to be delivered.
func TestRemovingBeginsWithTheSegments(t *testing.T) {
	directory := filepath.Join(t.TempDir(), "log")
	l := open(t, Settings{Directory: directory, SegmentSize: 1})
	require.NoError(t, l.Append(payload("a", 1)))
	require.NoError(t, l.Append(payload("b", 1)))
	require.NoError(t, l.Close())
	require.NoError(t, os.Mkdir(filepath.Join(directory, "checkpoint"), 0o700)) // a file that cannot be removed
	require.NoError(t, os.WriteFile(filepath.Join(directory, "checkpoint", "x"), nil, 0o600))
	require.Error(t, Remove(directory))
	require.Empty(t, segmentFiles(t, directory))
	require.DirExists(t, filepath.Join(directory, "checkpoint"))
}

func TestAViewChangesNothing(t *testing.T) {
	directory := t.TempDir()
	empty, err := OpenView(directory)
	require.NoError(t, err)
	first, end := empty.Bounds()
	require.Zero(t, first+end)

	l := open(t, Settings{Directory: directory, SegmentSize: 1})
	require.NoError(t, l.Append(payload("a", 2)))
	require.NoError(t, l.Append(payload("b", 3)))
	names := segmentFiles(t, directory)
	last := names[len(names)-1]
	content, err := os.ReadFile(last)
	require.NoError(t, err)
	torn := slices.Concat(content, []byte("half a frame"))
	require.NoError(t, os.WriteFile(last, torn, 0o600))

	v, err := OpenView(directory) // while it is held
	require.NoError(t, err)
	first, end = v.Bounds()
	require.Equal(t, [2]uint64{0, 5}, [2]uint64{first, end})
	r := v.NewReader(0)
	defer r.Close()
	require.Equal(t, "a b", texts(readAll(t, r)))
	after, err := os.ReadFile(last)
	require.NoError(t, err)
	require.Equal(t, torn, after)
}
