package packages

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// Two clones of the commit, in two places, make the same packages, archive and chart to the bit. The Go compiler may take from its cache what it
// compiled before; docs/releasing.md compares with another machine.
func TestBuildsAreReproducible(t *testing.T) {
	first, second := release(t, "a"), release(t, filepath.Join("another", "place"))
	assert.Equal(t, first, second)
	assert.Len(t, first, 5, "%v: deb, rpm, tar.gz, chart, licences", first)
}

// release has a clone make what is published for this platform, and returns the checksums.
func release(t *testing.T, place string) map[string]string {
	t.Helper()
	root, err := harness.Root()
	require.NoError(t, err)
	clone := filepath.Join(t.TempDir(), place)
	run := func(name string, args ...string) {
		output, err := exec.Command(name, args...).CombinedOutput()
		require.NoError(t, err, "%s", output)
	}
	run("git", "clone", "--quiet", root, clone)
	// Tools, which are no part of what is published: nfpm, and a collector to ask for the shell completion.
	require.NoError(t, os.Mkdir(filepath.Join(clone, "bin"), 0o700))
	run("cp", filepath.Join(root, "bin", "nfpm"), filepath.Join(root, "bin", "msp-collector"), filepath.Join(clone, "bin"))
	run("make", "--directory", clone, "packages", "archive", "chart")

	sums := map[string]string{}
	files, err := filepath.Glob(filepath.Join(clone, "dist", "*"))
	require.NoError(t, err)
	for _, path := range files {
		file, err := os.Open(path)
		require.NoError(t, err)
		hash := sha256.New()
		_, err = io.Copy(hash, file)
		require.NoError(t, err)
		file.Close()
		sums[filepath.Base(path)] = hex.EncodeToString(hash.Sum(nil))
	}
	return sums
}
