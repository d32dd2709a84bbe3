package translate

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func warnings(t *testing.T, path string) []string {
	t.Helper()
	result, err := translated(t, path, Carried)
	require.NoError(t, err)
	return result.Warnings
}

// A secret in a file that everybody can read is warned about with the command that cures it.
func TestAnExposedSecretIsWarnedAbout(t *testing.T) {
	const secret = "remote_write: [{url: 'http://127.0.0.1:1/write', name: main, basic_auth: {username: u, password: p}}]\n"
	for name, c := range map[string]struct {
		content, more string
		mode          os.FileMode
		warned        string // the file
	}{
		"inline":             {jobOnly + secret, "", 0o644, "prometheus.yml"},
		"in the URL":         {jobOnly + "remote_write: [{url: 'http://u:p@127.0.0.1:1/write', name: main}]\n", "", 0o644, "prometheus.yml"},
		"in an included one": {"scrape_config_files: [more.yml]\n" + destinationOnly, "scrape_configs: [{job_name: a, bearer_token: b}]", 0o644, "more.yml"},
		"private":            {jobOnly + secret, "", 0o640, ""},
		"no secret":          {jobOnly + destinationOnly, "", 0o644, ""},
		"in a file":          {jobOnly + "remote_write: [{url: 'http://127.0.0.1:1/write', name: main, basic_auth: {username: u, password_file: /p}}]\n", "", 0o644, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var more []string
			if c.more != "" {
				more = []string{"more.yml", c.more}
			}
			path := write(t, c.content, more...)
			for _, file := range append([]string{"prometheus.yml"}, more[:len(more)/2]...) {
				require.NoError(t, os.Chmod(filepath.Join(filepath.Dir(path), file), c.mode))
			}
			if c.warned == "" {
				assert.Empty(t, warnings(t, path))
				return
			}
			warned := filepath.Join(filepath.Dir(path), c.warned)
			assert.Equal(t, []string{warned + " holds a secret and can be read by every user of this host: run chmod o-rwx " + warned}, warnings(t, path))
		})
	}
}

func TestTheJobOfPrometheusItselfIsWarnedAbout(t *testing.T) {
	job := func(targets string) string {
		return write(t, "scrape_configs: [{job_name: prometheus, static_configs: [{targets: ["+targets+"]}]}]\n"+destinationOnly)
	}
	for _, itself := range []string{"localhost:9090", "127.0.0.1:9090"} {
		assert.Equal(t, []string{`job "prometheus" scrapes only ` + itself + `, which was Prometheus itself and is down when that is stopped: remove the job; the collector's own metrics come by the job msp-collector`},
			warnings(t, job("'"+itself+"'")))
	}
	assert.Empty(t, warnings(t, job("'localhost:9090', 'localhost:9100'")))
	assert.Empty(t, warnings(t, job("'localhost:9100'")))
	t.Setenv("MSP_SELF_SCRAPE", "false")
	assert.Contains(t, warnings(t, job("'localhost:9090'"))[0], "the collector's own metrics are at 127.0.0.1:8888")
}

func TestAPatternWithoutAFileIsWarnedAbout(t *testing.T) {
	path := write(t, "scrape_configs: [{job_name: node, file_sd_configs: [{files: [there.json, 'none/*.json']}]}]\n"+destinationOnly, "there.json", "[]")
	assert.Equal(t, []string{`job "node": no file matches ` + filepath.Join(filepath.Dir(path), "none/*.json") + " of file_sd_configs, so it yields no targets until one is there"}, warnings(t, path))
}

func TestAURLWithoutAPathIsWarnedAbout(t *testing.T) {
	const entry = "remote_write: [{url: 'http://127.0.0.1:1%s', name: main}]\n"
	found := warnings(t, write(t, jobOnly+fmt.Sprintf(entry, "/?token=t")))
	require.Len(t, found, 1)
	assert.Equal(t, "remote_write[0]: the url of 127.0.0.1:1 has no path: endpoints of remote write have one, such as /api/v1/write", found[0])
	assert.Empty(t, warnings(t, write(t, jobOnly+fmt.Sprintf(entry, "/write"))))
	assert.Contains(t, refused(t, jobOnly+"remote_write: [{url: 'http://ts-1.hitsdb.rds.aliyuncs.com:3242'}]\n"), ":2: remote_write[0]: http::endpoint http://ts-1.hitsdb.rds.aliyuncs.com:3242 has no path: copy")
}
