package logfolders

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/internal/wal"
)

func TestTheOneThatAppearsAdoptsTheLogOfTheOneThatDisappeared(t *testing.T) {
	directory := t.TempDir()
	settle(t, directory, "a", "old")
	makeLog(t, directory, "a", 3)
	makeLog(t, directory, "old", 7)

	adopted, change := settle(t, directory, "a", "new")
	require.NotNil(t, adopted)
	require.Equal(t, "old", adopted.From.Name)
	require.Equal(t, "http://old", adopted.From.Endpoint)
	require.EqualValues(t, 7, adopted.From.Samples)
	require.Equal(t, "new", adopted.To.Folder)
	require.False(t, adopted.Beside)
	require.False(t, change.Ambiguous())
	require.Equal(t, map[string]int{"a": 3, "new": 7}, samplesIn(t, directory))
	require.Equal(t, "http://new/new", Inspect(directory, "new").Endpoint)

	adopted, change = settle(t, directory, "a", "new") // a sibling, or the next start
	require.Nil(t, adopted)
	require.Equal(t, Change{}, change)
	adopted, _ = settle(t, directory, "a", "old") // the edit is undone
	require.Equal(t, "old", adopted.To.Folder)
	require.Equal(t, map[string]int{"a": 3, "old": 7}, samplesIn(t, directory))
}

func TestNothingIsAdoptedWhereItIsNotKnownWhatReplacesWhat(t *testing.T) {
	for name, c := range map[string]struct {
		before, after []string
		ambiguous     bool
	}{
		"two appear":                {[]string{"o1"}, []string{"n1", "n2"}, true},
		"two disappear":             {[]string{"o1", "o2"}, []string{"n1"}, true},
		"two of both":               {[]string{"o1", "o2"}, []string{"n1", "n2"}, true},
		"one disappears":            {[]string{"o1", "o2"}, []string{"o2"}, false},
		"one appears":               {[]string{"o1"}, []string{"o1", "n1"}, false},
		"nothing is on record":      {nil, []string{"n1"}, false},
		"none of them ran before":   {[]string{}, []string{"n1"}, false},
		"the same in another order": {[]string{"o1", "o2"}, []string{"o2", "o1"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			directory := t.TempDir()
			if c.before != nil {
				settle(t, directory, c.before...)
			}
			makeLog(t, directory, "o1", 1)
			makeLog(t, directory, "o2", 2)
			adopted, change := settle(t, directory, c.after...)
			require.Nil(t, adopted)
			require.Equal(t, c.ambiguous, change.Ambiguous())
			require.Equal(t, map[string]int{"o1": 1, "o2": 2}, samplesIn(t, directory))
		})
	}
}

// What was orphaned before, or is another collector's, did not disappear now.
func TestOnlyWhatRanAtTheLastStartDisappears(t *testing.T) {
	directory := t.TempDir()
	makeLog(t, directory, "stranger", 5)
	settle(t, directory, "old")
	makeLog(t, directory, "old", 1)
	adopted, _ := settle(t, directory, "new")
	require.Equal(t, "old", adopted.From.Name)
	require.Equal(t, map[string]int{"stranger": 5, "new": 1}, samplesIn(t, directory))
}

func TestALogInUseIsNotAdopted(t *testing.T) {
	directory := t.TempDir()
	settle(t, directory, "old")
	log := openLog(t, directory, "old")
	require.NoError(t, log.Append(wal.Payload{Data: []byte("x"), Count: 4}))
	adopted, _, err := Settle(directory, run("new"))
	require.ErrorIs(t, err, wal.ErrLocked)
	require.Nil(t, adopted)
	require.NoError(t, log.Close())
	require.Equal(t, map[string]int{"old": 4}, samplesIn(t, directory))
	settle(t, directory, "new")
	require.Equal(t, map[string]int{"new": 4}, samplesIn(t, directory), "the next start tries again")
}

func TestALogOfTheNewOne(t *testing.T) {
	t.Run("that is empty makes way", func(t *testing.T) {
		directory := t.TempDir()
		settle(t, directory, "old")
		makeLog(t, directory, "old", 7)
		makeLog(t, directory, "new", 0)
		adopted, _ := settle(t, directory, "new")
		require.False(t, adopted.Beside)
		require.Equal(t, map[string]int{"new": 7}, samplesIn(t, directory))
	})
	t.Run("that was never opened makes way", func(t *testing.T) {
		directory := t.TempDir()
		settle(t, directory, "old")
		makeLog(t, directory, "old", 7)
		require.NoError(t, os.Mkdir(filepath.Join(directory, "new"), 0o700))
		settle(t, directory, "new")
		require.Equal(t, map[string]int{"new": 7}, samplesIn(t, directory))
	})
	t.Run("that has samples stays, and the other is delivered beside it", func(t *testing.T) {
		directory := t.TempDir()
		settle(t, directory, "old")
		makeLog(t, directory, "old", 7)
		makeLog(t, directory, "new", 2)
		adopted, _ := settle(t, directory, "new")
		require.True(t, adopted.Beside)
		require.Equal(t, map[string]int{"new": 2, "new,old": 7}, samplesIn(t, directory))
		handed, err := HandedTo(directory, "new")
		require.NoError(t, err)
		require.Equal(t, []string{filepath.Join(directory, "new,old")}, handed)
	})
}

func TestWhatWasHandedToTheFormerOneGoesAlong(t *testing.T) {
	directory := t.TempDir()
	settle(t, directory, "old")
	makeLog(t, directory, "old", 7)
	makeLog(t, directory, "old,x", 1)
	makeLog(t, directory, "old,y", 2)
	settle(t, directory, "new")
	require.Equal(t, map[string]int{"new": 7, "new,x": 1, "new,y": 2}, samplesIn(t, directory))
}

// A crash between any two steps of an adoption loses nothing, and the next start goes on.
func TestCrashesWithinAnAdoption(t *testing.T) {
	steps := []func(directory string) error{
		func(directory string) error { return wal.Remove(filepath.Join(directory, "new")) },
		func(directory string) error {
			return os.Rename(filepath.Join(directory, "old,x"), filepath.Join(directory, "new,x"))
		},
		func(directory string) error {
			return os.Rename(filepath.Join(directory, "old"), filepath.Join(directory, "new"))
		},
		func(directory string) error { // of the list, which is written under another name first
			return os.WriteFile(filepath.Join(directory, listName+".new"), []byte(`{"vers`), 0o600)
		},
	}
	for crash := range len(steps) + 1 {
		directory := t.TempDir()
		settle(t, directory, "old")
		makeLog(t, directory, "old", 7)
		makeLog(t, directory, "old,x", 1)
		makeLog(t, directory, "new", 0)
		for _, step := range steps[:crash] {
			require.NoError(t, step(directory))
		}
		settle(t, directory, "new")
		require.Equal(t, map[string]int{"new": 7, "new,x": 1}, samplesIn(t, directory), "crash before step %d", crash)
		folders, known, err := readList(directory)
		require.NoError(t, err)
		require.True(t, known)
		require.Equal(t, []string{"new"}, folders)
	}
}

func TestADamagedListAdoptsNothingAndIsWrittenAnew(t *testing.T) {
	directory := t.TempDir()
	makeLog(t, directory, "old", 7)
	require.NoError(t, os.WriteFile(filepath.Join(directory, listName), []byte(`{"version":1,`), 0o600))
	adopted, _, err := Settle(directory, run("new"))
	require.ErrorContains(t, err, listName)
	require.Nil(t, adopted)
	settle(t, directory, "new")
	require.Equal(t, map[string]int{"old": 7}, samplesIn(t, directory))
}
