package translate

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
)

const destinationOnly = "remote_write: [{url: 'http://127.0.0.1:1/api/v1/write', name: main}]\n"

const jobOnly = "scrape_configs: [{job_name: a, static_configs: [{targets: ['127.0.0.1:1']}]}]\n"

// write writes files into a folder of the test and returns the path of the prometheus.yml.
func write(t testing.TB, content string, more ...string) string {
	t.Helper()
	directory := t.TempDir()
	for i := 0; i+1 < len(more); i += 2 {
		require.NoError(t, os.WriteFile(filepath.Join(directory, more[i]), []byte(more[i+1]), 0o600))
	}
	path := filepath.Join(directory, "prometheus.yml")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func translated(t testing.TB, path string, secrets Secrets) (*Result, error) {
	t.Helper()
	source, err := Read(path)
	require.NoError(t, err)
	return Translate(source, secrets, discard)
}

// carried is what a file becomes, its values literal.
func carried(t testing.TB, content string, more ...string) *confmap.Conf {
	t.Helper()
	result, err := translated(t, write(t, content, more...), Carried)
	require.NoError(t, err)
	values, err := plain(result.Document)
	require.NoError(t, err)
	return confmap.NewFromStringMap(values)
}

func refused(t testing.TB, content string, more ...string) string {
	t.Helper()
	path := write(t, content, more...)
	_, err := translated(t, path, Carried)
	require.ErrorContains(t, err, filepath.Dir(path), "the file is named")
	return err.Error()
}

// job is the n-th job as it is carried.
func job(t testing.TB, conf *confmap.Conf, n int) map[string]any {
	t.Helper()
	return conf.Get("receivers::prometheus_scrape::config::scrape_configs").([]any)[n].(map[string]any)
}

// mainID is the exporter of destinationOnly.
const mainID = "exporters::managed_prometheus/main::"
