package logfolders

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/internal/wal"
)

// makeLog makes a log at rest with samples that are not delivered.
func makeLog(t *testing.T, directory, name string, samples uint32) {
	t.Helper()
	log := openLog(t, directory, name)
	if samples > 0 {
		require.NoError(t, log.Append(wal.Payload{Data: []byte(name), Count: samples}))
	} else { // a checkpoint is what is left of a log that is delivered
		require.NoError(t, os.WriteFile(filepath.Join(directory, name, "checkpoint"), nil, 0o600))
	}
	require.NoError(t, log.Close())
	_, err := ChangeEndpoint(filepath.Join(directory, name), "http://"+name)
	require.NoError(t, err)
}

func openLog(t *testing.T, directory, name string) *wal.Log {
	t.Helper()
	log, err := wal.Open(wal.Settings{Directory: filepath.Join(directory, name)})
	require.NoError(t, err)
	return log
}

// samplesIn are the samples of each log of a directory.
func samplesIn(t *testing.T, directory string) map[string]int {
	t.Helper()
	all, err := Scan(directory)
	require.NoError(t, err)
	samples := map[string]int{}
	for _, f := range all {
		require.NoError(t, f.Err)
		samples[f.Name] = int(f.Samples)
	}
	return samples
}

// run are exporters that run, with the folders of these names.
func run(names ...string) (all []Destination) {
	for _, name := range names {
		all = append(all, Destination{Folder: name, Endpoint: "http://new/" + name})
	}
	return all
}

// settle settles without an error.
func settle(t *testing.T, directory string, names ...string) (*Adoption, Change) {
	t.Helper()
	adopted, change, err := Settle(directory, run(names...))
	require.NoError(t, err)
	return adopted, change
}
