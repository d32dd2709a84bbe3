package logfolders

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// While exporters run, their logs are in use: what a change would do to them is seen all the same.
func TestWhatTheNextStartDoesIsForeseen(t *testing.T) {
	directory := t.TempDir()
	settle(t, directory, "o1", "o2")
	for name, samples := range map[string]uint32{"o1": 1, "o1,handed": 2, "o2": 3, "stray": 4, "drained": 0} {
		makeLog(t, directory, name, samples)
	}
	for _, name := range []string{"o1", "o2"} {
		log := openLog(t, directory, name)
		t.Cleanup(func() { require.NoError(t, log.Close()) })
	}
	foresee := func(running ...string) (adopted string, orphaned []string) {
		p, err := Foresee(directory, run(running...))
		require.NoError(t, err)
		if p.Adopted != nil {
			adopted = p.Adopted.From.Name + " to " + p.Adopted.To.Folder
		}
		for _, f := range p.Orphaned {
			orphaned = append(orphaned, f.Name)
		}
		return adopted, orphaned
	}
	before := samplesIn(t, directory)
	for _, c := range []struct {
		running  []string
		adopted  string
		orphaned []string
	}{
		{[]string{"o1", "o2"}, "", []string{"stray"}},
		{[]string{"n1", "o2"}, "o1 to n1", []string{"stray"}},
		{[]string{"o2"}, "", []string{"o1", "o1,handed", "stray"}},
		{[]string{"n1", "n2"}, "", []string{"o1", "o1,handed", "o2", "stray"}},
	} {
		adopted, orphaned := foresee(c.running...)
		require.Equal(t, c.adopted, adopted)
		require.Equal(t, c.orphaned, orphaned)
	}
	require.Equal(t, before, samplesIn(t, directory))
}
