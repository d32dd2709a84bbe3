package logfolders

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"

	"github.com/msp-collector/msp-collector/components/internal/wal"
)

func TestAFolderIsNamedForItsExporter(t *testing.T) {
	kind := component.MustNewType("managed_prometheus")
	for id, folder := range map[component.ID]string{
		component.NewID(kind):                     "managed_prometheus",
		component.NewIDWithName(kind, "a/b"):      "managed_prometheus@a%2Fb",
		component.NewIDWithName(kind, "a,b@c"):    "managed_prometheus@a%2Cb@c",
		component.NewIDWithName(kind, "1024ecd9"): "managed_prometheus@1024ecd9",
	} {
		require.Equal(t, folder, Name(id))
		require.Equal(t, id.String(), ID(folder))
	}
	require.Equal(t, "managed_prometheus/new,old", ID("managed_prometheus@new,managed_prometheus@old"))
	require.Equal(t, "managed_prometheus/,old", ID("managed_prometheus,managed_prometheus@old"))
}

func TestOrphansAreWhatNoExporterDelivers(t *testing.T) {
	directory := t.TempDir()
	for name, samples := range map[string]uint32{"mine": 1, "mine,handed": 2, "drained": 0, "orphan": 4, "gone,handed": 5} {
		makeLog(t, directory, name, samples)
	}
	held := openLog(t, directory, "held")
	require.NoError(t, held.Append(wal.Payload{Data: []byte("x"), Count: 1}))
	t.Cleanup(func() { require.NoError(t, held.Close()) })
	require.NoError(t, os.Mkdir(filepath.Join(directory, "lost+found"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(directory, "file"), nil, 0o600))

	orphans, err := Orphans(directory, []string{"mine"})
	require.NoError(t, err)
	samples := map[string]int{}
	for _, f := range orphans {
		samples[f.Name] = int(f.Samples)
		require.Positive(t, f.Bytes)
	}
	require.Equal(t, map[string]int{"orphan": 4, "gone,handed": 5}, samples)

	orphans, err = Orphans(filepath.Join(directory, "missing"), nil)
	require.NoError(t, err)
	require.Empty(t, orphans)
}

func TestAnOrphanedLogIsHandedToAnExporter(t *testing.T) {
	directory := t.TempDir()
	settle(t, directory, "managed_prometheus", "managed_prometheus@main")
	makeLog(t, directory, "managed_prometheus@old", 7)
	makeLog(t, directory, "managed_prometheus@older", 9)
	makeLog(t, directory, "managed_prometheus@main", 1)

	orphan := filepath.Join(directory, "managed_prometheus@old")
	f, target, err := Hand(orphan, "managed_prometheus/main")
	require.NoError(t, err)
	require.EqualValues(t, 7, f.Samples)
	require.Equal(t, filepath.Join(directory, "managed_prometheus@main,managed_prometheus@old"), target)
	_, target, err = Hand(filepath.Join(directory, "managed_prometheus@older"), "managed_prometheus")
	require.NoError(t, err)
	require.Equal(t, map[string]int{"managed_prometheus@main": 1, "managed_prometheus@main,managed_prometheus@old": 7, "managed_prometheus,managed_prometheus@older": 9},
		samplesIn(t, directory))

	_, _, err = Hand(target, "managed_prometheus/main")
	require.ErrorContains(t, err, "already handed to the exporter managed_prometheus,")
	makeLog(t, directory, "managed_prometheus@old", 3)
	_, target, err = Hand(orphan, "managed_prometheus/main")
	require.NoError(t, err)
	require.Equal(t, filepath.Join(directory, "managed_prometheus@main,managed_prometheus@old~"), target, "the first is not delivered yet")
}

func TestALogIsHandedToAnExporterWithAnotherDirectory(t *testing.T) {
	directory, other := t.TempDir(), t.TempDir()
	settle(t, other, "managed_prometheus@main")
	makeLog(t, directory, "managed_prometheus@main", 7)
	_, target, err := Hand(filepath.Join(directory, "managed_prometheus@main"), filepath.Join(other, "managed_prometheus@main"))
	require.NoError(t, err)
	require.Equal(t, filepath.Join(other, "managed_prometheus@main,managed_prometheus@main"), target)
	require.Equal(t, map[string]int{"managed_prometheus@main,managed_prometheus@main": 7}, samplesIn(t, other))
}

func TestWhatIsNotHandedOverOrDeleted(t *testing.T) {
	directory := t.TempDir()
	settle(t, directory, "managed_prometheus@main", "managed_prometheus@second")
	makeLog(t, directory, "managed_prometheus@main", 1)
	makeLog(t, directory, "managed_prometheus@old", 7)
	held := openLog(t, directory, "managed_prometheus@held")
	require.NoError(t, held.Append(wal.Payload{Data: []byte("x"), Count: 2}))
	before := samplesIn(t, directory)

	for path, message := range map[string]string{
		"managed_prometheus@held": "in use",
		"managed_prometheus@main": "belongs to the exporter managed_prometheus/main",
		"missing":                 "is not the folder of a write-ahead log: `msp-collector wal list " + directory + "`",
		".":                       "is not the folder of a write-ahead log",
	} {
		_, _, err := Hand(filepath.Join(directory, path), "managed_prometheus/main")
		require.ErrorContains(t, err, message)
		_, err = Delete(filepath.Join(directory, path))
		require.ErrorContains(t, err, message)
	}
	_, _, err := Hand(filepath.Join(directory, "managed_prometheus@old"), "managed_prometheus/mian")
	require.ErrorContains(t, err, "managed_prometheus/main, managed_prometheus/second")
	_, _, err = Hand(filepath.Join(directory, "managed_prometheus@old"), filepath.Join(t.TempDir(), "managed_prometheus@main"))
	require.ErrorContains(t, err, "start the collector once")
	require.Equal(t, before, samplesIn(t, directory))
	require.NoError(t, held.Close())

	f, err := Delete(filepath.Join(directory, "managed_prometheus@old"))
	require.NoError(t, err)
	require.EqualValues(t, 7, f.Samples)
	require.Equal(t, map[string]int{"managed_prometheus@main": 1, "managed_prometheus@held": 2}, samplesIn(t, directory))
}

func TestTheListSaysWhatEachLogIs(t *testing.T) {
	directory := t.TempDir()
	settle(t, directory, "mine")
	for name, samples := range map[string]uint32{"mine": 1, "mine,handed": 2, "drained": 0, "orphan": 4} {
		makeLog(t, directory, name, samples)
	}
	held := openLog(t, directory, "held")
	t.Cleanup(func() { require.NoError(t, held.Close()) })
	require.NoError(t, held.Append(wal.Payload{Data: []byte("x"), Count: 1}))
	all, err := List(directory)
	require.NoError(t, err)
	states := map[string]string{}
	for _, one := range all {
		states[one.Name] = one.State
	}
	require.Equal(t, map[string]string{"mine": Owned, "mine,handed": Owned, "drained": Empty, "orphan": Orphaned, "held": InUse}, states)
}
