package packages

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// Two clones of the commit, in two places, make the same packages, archive, chart and bill of materials to the bit, and the program names the
// commit. The Go compiler may take from its cache what it compiled before; docs/releasing.md compares with another machine.
func TestBuildsAreReproducible(t *testing.T) {
	clone := release(t, "a")
	first, second := checksums(t, clone), checksums(t, release(t, filepath.Join("another", "place")))
	assert.Equal(t, first, second)
	assert.Len(t, first, 6, "%v: deb, rpm, tar.gz, chart, bill of materials, licences", first)

	unpacked := t.TempDir()
	run(t, "tar", "-C", unpacked, "-xf", only(t, filepath.Join(clone, "dist", "*.tar.gz")))
	program, err := buildinfo.ReadFile(only(t, filepath.Join(unpacked, "*", "msp-collector")))
	require.NoError(t, err)
	commit := strings.TrimSpace(run(t, "git", "-C", clone, "rev-parse", "HEAD"))
	assert.Contains(t, program.Settings, debug.BuildSetting{Key: "vcs.revision", Value: commit})
	assert.Contains(t, program.Settings, debug.BuildSetting{Key: "vcs.modified", Value: "false"})
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	output, err := exec.Command(name, args...).CombinedOutput()
	require.NoError(t, err, "%s", output)
	return string(output)
}

// release has a clone make what is published for this platform, and returns where it is.
func release(t *testing.T, place string) string {
	t.Helper()
	root, err := harness.Root()
	require.NoError(t, err)
	clone := filepath.Join(t.TempDir(), place)
	run(t, "git", "clone", "--quiet", root, clone)
	// Tools, which are no part of what is published, and a collector to ask for the shell completion.
	bin := filepath.Join(clone, "bin")
	require.NoError(t, os.Mkdir(bin, 0o700))
	run(t, "cp", filepath.Join(root, "bin", "nfpm"), filepath.Join(root, "bin", "cyclonedx-gomod"), filepath.Join(root, "bin", "msp-collector"), bin)
	run(t, "make", "--directory", clone, "packages", "archive", "chart", "sbom")
	return clone
}

// checksums are those of dist/.
func checksums(t *testing.T, clone string) map[string]string {
	t.Helper()
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
