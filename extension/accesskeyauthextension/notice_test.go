package accesskeyauthextension

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configoptional"
)

// noticed returns what Validate prints when the command is this one.
func noticed(t *testing.T, command string, cfg *Config) string {
	t.Helper()
	cfg.CheckInterval = defaultCheckInterval
	read, write, err := os.Pipe()
	require.NoError(t, err)
	args, stderr := os.Args, os.Stderr
	os.Args, os.Stderr = []string{"msp-collector", command}, write
	err = cfg.Validate()
	os.Args, os.Stderr = args, stderr
	require.NoError(t, err, "a file may come later")
	require.NoError(t, write.Close())
	text, err := io.ReadAll(read)
	require.NoError(t, err)
	return string(text)
}

func TestValidateTellsOfFilesThatCannotBeReadNow(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing.json")
	server := createDefaultConfig().(*Config)
	server.Server = configoptional.Some(ServerConfig{File: missing})
	require.Regexp(t, "start and wait: .*missing.json.*create it", noticed(t, "validate", fileConfig(missing)))
	require.Regexp(t, "start and refuse everybody: .*missing.json", noticed(t, "validate", server))
	require.Empty(t, noticed(t, "run", fileConfig(missing)))
	require.Empty(t, noticed(t, "run", server))

	path := keyPath(t)
	writePair(t, path, oldID)
	require.Empty(t, noticed(t, "validate", fileConfig(path)))
	require.NoError(t, os.Chmod(path, 0o644))
	require.Contains(t, noticed(t, "validate", fileConfig(path)), "can be read by every user")
}

func TestValidateNamesMissingFilesOfOtherCredentials(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	e := newTokens(t, "s3cret", nil)
	withCA := oauth2Config(e, fileOf(t, "s3cret"))
	withCA.OAuth2.Get().TLS.CAFile = missing
	for want, cfg := range map[string]*Config{
		"password file .*missing.*create it":             basicConfig(BasicAuthConfig{Username: "u", PasswordFile: missing}),
		"user name file .*missing.*create it":            basicConfig(BasicAuthConfig{UsernameFile: missing, Password: "p"}),
		"credentials file .*missing.*create it":          tokenConfig(AuthorizationConfig{CredentialsFile: missing}),
		"OAuth2 client secret file .*missing.*create it": oauth2Config(e, missing),
		"oauth2::tls: .*missing":                         withCA,
	} {
		require.Regexp(t, "start and wait: .*"+want, noticed(t, "validate", cfg))
	}
	require.Empty(t, noticed(t, "validate", oauth2Config(e, fileOf(t, "s3cret"))))
	require.Zero(t, e.asked.Load(), "the token endpoint is not asked")
}
