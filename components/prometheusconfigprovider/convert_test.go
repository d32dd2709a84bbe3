package prometheusconfigprovider

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestConvert(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prometheus.yml")
	require.NoError(t, os.WriteFile(path, []byte(`rule_files: [a.yml]
scrape_configs: [{job_name: a, basic_auth: {username: me, password: topsecret}, static_configs: [{targets: ['127.0.0.1:1']}]}]
remote_write: [{url: 'http://127.0.0.1:1/write', name: main, basic_auth: {username: LTAI5t, password: topsecret}}]
`), 0o600))
	var stdout, stderr bytes.Buffer
	require.NoError(t, convert([]string{path}, &stdout, &stderr))
	assert.NotContains(t, stdout.String(), "topsecret")
	assert.Contains(t, stdout.String(), "# Not carried over: "+path+":1: rule_files: ")
	assert.Contains(t, stdout.String(), "password_file: /etc/msp-collector/secrets/main.secret")
	assert.Empty(t, stderr.String())

	require.ErrorIs(t, convert(nil, &stdout, &stderr), errUsage)
	require.ErrorContains(t, convert([]string{path + "x"}, &stdout, &stderr), "no such file")
	require.NoError(t, os.WriteFile(path, []byte("remote_write: [{url: 'http://127.0.0.1:1/write', oauth2: {client_id: a}}]"), 0o600))
	require.Equal(t, 1, Convert([]string{path}, &stdout, &stderr))
	require.Contains(t, stderr.String(), "oauth2")
}
