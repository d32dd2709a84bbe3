package packages

import (
	"debug/buildinfo"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// The licences are those of every module of the packaged program, of what other platforms link besides, and of Go.
func TestLicences(t *testing.T) {
	root, err := harness.Root()
	require.NoError(t, err)
	content, err := os.ReadFile(filepath.Join(root, "dist", "THIRD_PARTY_LICENSES"))
	require.NoError(t, err, "run `make packages` first")
	texts := string(content)

	program, err := buildinfo.ReadFile(filepath.Join(root, "bin", "package-linux-"+runtime.GOARCH, "msp-collector"))
	require.NoError(t, err)
	require.NotEmpty(t, program.Deps)
	for _, module := range program.Deps {
		if module.Path == "github.com/msp-collector/msp-collector" {
			continue // our own, in this repository
		}
		assert.Contains(t, texts, "\n"+module.Path+" "+module.Version+": ")
	}
	for _, module := range []string{"github.com/yusufpapurcu/wmi", "github.com/ebitengine/purego"} {
		assert.Contains(t, texts, "\n"+module+" ", "linked on Windows, on macOS")
	}
	assert.Contains(t, texts, "\nGo's standard library and runtime "+program.GoVersion+": LICENSE")
	assert.Contains(t, texts, "Copyright 2009 The Go Authors.")
}
