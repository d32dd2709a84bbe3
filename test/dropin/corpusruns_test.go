package dropin

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// What Prometheus accepts converts into something without a secret, that validates, and that starts before any secret is where the
// converter says. The corpus has every service discovery that is linked in with every secret of its type, every form of
// authentication of remote_write that is not refused, and every option of a job.
func TestEveryConvertedFileStarts(t *testing.T) {
	pair, err := harness.NewCertificate(t.TempDir())
	require.NoError(t, err)
	certificate, key := inline(t, pair.CertFile), inline(t, pair.KeyFile)
	files := []corpusFile{remoteWriteFile(), scrapeFile(certificate, key)}
	types := discoveries(t)
	for _, name := range slices.Sorted(maps.Keys(types)) {
		files = append(files, discoveryFile(t, name, types[name], certificate, key))
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[config.ScrapeConfig]()) {
		if name, _, _ := strings.Cut(field.Tag.Get("yaml"), ","); len(field.Index) == 1 && name != "" && name != "-" {
			assert.Contains(t, scrapeOptions, name+":", "the corpus lacks an option of jobs")
		}
	}
	jobs, secrets := 0, 0
	for _, f := range files {
		jobs, secrets = jobs+strings.Count(f.text, "job_name:"), secrets+strings.Count(f.text, "SECRET")+strings.Count(f.text, "KEY}")
	}
	t.Logf("%d files, %d jobs, %d destinations in remote_write, %d secrets", len(files), jobs, len(remoteWriteForms)+2, secrets)
	for _, f := range files {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			content := fillSecrets(f.text, certificate, key)
			require.True(t, accepted(content), "Prometheus does not accept it:\n%s", content)
			converted := convert(t, content)
			assert.NotContains(t, converted, secretMark)
			assert.NotContains(t, converted, "PRIVATE KEY")
			start(t, converted)
		})
	}
}

// inline is a file as a text for one line of YAML.
func inline(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	quoted, err := json.Marshal(string(content))
	require.NoError(t, err)
	return string(quoted)
}

// convert is what msp-collector-convert prints of a prometheus.yml, with state kept in a folder of the test.
func convert(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "prometheus.yml")
	write(t, path, content)
	process, err := harness.StartProcess(binary(t, "msp-collector-convert"), []string{path}, nil)
	require.NoError(t, err)
	t.Cleanup(process.Stop)
	require.NoError(t, process.Wait(deadline(t)), process.Output.String())
	return strings.ReplaceAll(process.Output.String(), "/var/lib/msp-collector", t.TempDir())
}

// start validates a configuration, starts the collector with it, and stops it once everything is ready. Discoveries that know
// their endpoint by heart are kept on this host.
func start(t *testing.T, content string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "collector.yaml")
	write(t, path, content)
	nowhere := []string{
		"HTTP_PROXY=http://127.0.0.1:1", "HTTPS_PROXY=http://127.0.0.1:1", "NO_PROXY=", "AWS_EC2_METADATA_DISABLED=true", "GCE_METADATA_HOST=127.0.0.1:1",
	}
	own, err := harness.NewOwnEndpoints()
	require.NoError(t, err)
	nowhere = append(nowhere, own.Env...)
	args := []string{"--config=" + path}
	validate, err := harness.StartProcess(binary(t, "msp-collector"), append([]string{"validate"}, args...), nowhere)
	require.NoError(t, err)
	t.Cleanup(validate.Stop)
	require.NoError(t, validate.Wait(deadline(t)), "%s\n%s", validate.Output.String(), content)
	process, err := harness.StartProcess(binary(t, "msp-collector"), args, nowhere)
	require.NoError(t, err)
	t.Cleanup(process.Stop)
	require.NoError(t, process.Until(deadline(t), "everything is ready", func(context.Context) error {
		if !strings.Contains(process.Output.String(), "Everything is ready") {
			return errors.New("not yet")
		}
		return nil
	}), content)
}
