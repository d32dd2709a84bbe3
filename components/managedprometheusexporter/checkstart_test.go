package managedprometheusexporter

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCheckStartFindsAnUnusableDirectory(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(root, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	config := createDefaultConfig().(*Config)

	config.WAL.Directory = filepath.Join(root, "to", "be", "made")
	require.NoError(t, config.CheckStart())
	assert.NoDirExists(t, filepath.Join(root, "to"), "a check changes nothing")

	for _, directory := range []string{file, filepath.Join(file, "below")} {
		config.WAL.Directory = directory
		require.ErrorContains(t, config.CheckStart(), "wal::directory")
	}
	if os.Getuid() == 0 {
		return // root may write everywhere
	}
	closed := filepath.Join(root, "closed")
	require.NoError(t, os.Mkdir(closed, 0o500))
	config.WAL.Directory = closed
	require.ErrorContains(t, config.CheckStart(), "chown")
}
