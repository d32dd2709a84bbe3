package dropin

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// file is a prometheus.yml with the files it needs.
type file struct {
	name    string
	content map[string]string // by path in its folder
}

const defaultRemoteWrite = `
remote_write:
  - url: ENDPOINT_1
    queue_config: {min_shards: 1, max_shards: 1, batch_send_deadline: 100ms}
`

// own is true of files that say themselves where to send to, and what.
func (f *file) own() bool {
	main := f.content["prometheus.yml"]
	return strings.Contains(main, "external_labels") || !strings.HasSuffix(main, defaultRemoteWrite)
}

// loadFiles reads testdata/files: NAME.yml, or a folder NAME with a prometheus.yml and more.
func loadFiles(t *testing.T) (all []*file) {
	t.Helper()
	root := filepath.Join("testdata", "files")
	entries, err := os.ReadDir(root)
	require.NoError(t, err)
	for _, entry := range entries {
		f := &file{name: strings.TrimSuffix(entry.Name(), ".yml"), content: map[string]string{}}
		path := filepath.Join(root, entry.Name())
		require.NoError(t, filepath.WalkDir(path, func(at string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			content, err := os.ReadFile(at)
			name, relErr := filepath.Rel(path, at)
			if name == "." {
				name = "prometheus.yml"
			}
			f.content[name] = string(content)
			require.NoError(t, relErr)
			return err
		}))
		if main := f.content["prometheus.yml"]; !strings.Contains(main, "\nremote_write:") {
			f.content["prometheus.yml"] = main + defaultRemoteWrite
		}
		all = append(all, f)
	}
	return all
}
