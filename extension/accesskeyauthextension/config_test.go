package accesskeyauthextension

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"
)

// The sections of testdata/config.yaml and the errors they bring; an empty one means none.
var configs = map[string][]string{
	"file":             nil,
	"two_files":        nil,
	"inline_id":        nil,
	"profile":          nil,
	"static":           nil,
	"env":              nil,
	"none":             {errNoSource.Error()},
	"two_sources":      {errManySources.Error()},
	"file_nothing":     {errFileNothing.Error()},
	"file_both":        {errFileBoth.Error()},
	"file_id_twice":    {errFileIDTwice.Error()},
	"file_no_id":       {errFileNoID.Error()},
	"file_no_secret":   {errFileNoSecret.Error()},
	"file_profile":     {errFileProfile.Error()},
	"static_no_secret": {"static: the AccessKey pair is incomplete: the AccessKey secret is empty"},
	"placeholder":      {"static: the AccessKey ID is still a placeholder"},
	"newline":          {"the AccessKey secret holds white space or a control character at position 7"},
	"ecs":              nil,
	"rrsa":             nil,
	"rrsa_half":        {"rrsa: "},
	"uri":              nil,
	"uri_none":         {"uri: "},
	"default":          nil,
	"server":           nil,
	"server_no_file":   {errServerFile.Error()},
	"server_client":    {errServerAndSource.Error()},
	"numbers":          {errCheckInterval.Error(), errFallbackFor.Error(), errFileModeUnknown.Error()},
}

func TestConfig(t *testing.T) {
	all, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
	require.NoError(t, err)
	require.Len(t, all.ToStringMap(), len(configs), "every section has its expectation")
	for name, problems := range configs {
		t.Run(name, func(t *testing.T) {
			section, err := all.Sub(name)
			require.NoError(t, err)
			cfg := createDefaultConfig()
			require.NoError(t, section.Unmarshal(cfg))
			err = confmap.Validate(cfg)
			if len(problems) == 0 {
				require.NoError(t, err)
				return
			}
			for _, problem := range problems {
				require.ErrorContains(t, err, problem)
			}
			require.NotContains(t, err.Error(), "sesame")
		})
	}
}

func TestUnknownKeyIsRefused(t *testing.T) {
	section, err := confmaptest.LoadConf(filepath.Join("testdata", "unknown_key.yaml"))
	require.NoError(t, err)
	require.ErrorContains(t, section.Unmarshal(createDefaultConfig()), "acces_key_id")
}
