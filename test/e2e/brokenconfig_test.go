package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// `validate` names the key that is wrong, the mistake and the way out, and never the secret.
func TestValidateExplainsBrokenConfigurations(t *testing.T) {
	key := harness.NewAccessKey()
	for name, test := range map[string]struct {
		config string // of the instance accesskey_auth/broken
		says   []string
	}{
		"placeholder": {
			"{static: {access_key_id: <accesskey-id>, access_key_secret: " + key.Secret + "}}",
			[]string{"static: ", "AccessKey ID", "placeholder", "RAM console"},
		},
		"placeholder as secret": {
			"{static: {access_key_id: " + key.ID + ", access_key_secret: <accesskey-secret>}}",
			[]string{"static: ", "AccessKey secret", "placeholder", "RAM console"},
		},
		"placeholders of the documents": {
			`{static: {access_key_id: "LTAI5t...", access_key_secret: "..."}}`,
			[]string{"static: ", `AccessKey ID is still a placeholder, and so is the AccessKey secret`, "RAM console"},
		},
		"newline in the secret": {
			"{static: {access_key_id: " + key.ID + `, access_key_secret: "` + key.Secret + `\n"}}`,
			[]string{"static: ", "AccessKey secret", "white space or a control character at position 31", "paste it again"},
		},
		"variable that is not set": {
			"{static: {access_key_id: " + key.ID + `, access_key_secret: "${env:MSP_NOT_SET}"}}`,
			[]string{"static: ", "secret is empty", "environment variable"},
		},
		"two sources":       {"{env: {}, file: {path: accesskey.json}}", []string{"more than one source", "keep one of file, static, env"}},
		"no source":         {"{}", []string{"no source of credentials", "set one of file, static, env", "or server"}},
		"server and source": {"{env: {}, server: {file: clients.json}}", []string{"server excludes", "use two instances"}},
		"server, no file":   {"{server: {}}", []string{"server: file is missing", "name the JSON file"}},
		"file_mode":         {"{env: {}, file_mode: strict}", []string{"file_mode must be", "warn", "refuse"}},
		"check_interval":    {"{env: {}, check_interval: 10ms}", []string{"check_interval must be at least 100ms"}},
		"file, half a pair": {"{file: {access_key_id: " + key.ID + "}}", []string{"file: ", "access_key_secret_path"}},
		"unknown key":       {"{file: {pth: accesskey.json}}", []string{"'file'", "invalid keys: pth"}},
		"several mistakes":  {"{file_mode: strict, fallback_for: -1s}", []string{"no source", "file_mode must", "fallback_for must not"}},
	} {
		t.Run(name, func(t *testing.T) {
			output, err := harness.RunCollector(deadline(t, patience), harness.CollectorSettings{
				Config: "standard.yaml",
				Overrides: []string{
					"yaml:extensions::accesskey_auth/broken: " + test.config,
					"yaml:service::extensions: [health_check, accesskey_auth, accesskey_auth/broken]",
				},
				Directory:      collectorDirectory(t, key, nil),
				RemoteWriteURL: "http://" + freeAddress(t),
			}, "validate")
			t.Log(output)
			require.Error(t, err, "validate accepts it")
			for _, part := range append(test.says, "accesskey_auth/broken") {
				assert.Contains(t, output, part)
			}
			assert.Empty(t, key.Leaks(output))
		})
	}
}
