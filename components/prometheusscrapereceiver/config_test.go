package prometheusscrapereceiver

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"
)

func load(t *testing.T, path, name string) *Config {
	t.Helper()
	conf, err := confmaptest.LoadConf(path)
	require.NoError(t, err)
	sub, err := conf.Sub(name)
	require.NoError(t, err)
	config := createDefaultConfig().(*Config)
	require.NoError(t, sub.Unmarshal(config))
	return config
}

func TestDefaultConfigIsAStruct(t *testing.T) {
	require.NoError(t, componenttest.CheckConfigStruct(createDefaultConfig()))
}

func TestValidate(t *testing.T) {
	for name, want := range map[string]string{
		"full":            "",
		"empty":           "config: neither scrape_configs nor scrape_config_files names a job to scrape",
		"elsewhere":       "config::remote_write is not for a receiver: use the exporter managed_prometheus\nconfig::rule_files is not for a receiver: evaluate rules where the metrics are stored",
		"unknown_key":     "field scrape_intervall not found",
		"same_job":        `found multiple scrape configs with job name "node"`,
		"timeout":         "scrape timeout greater than scrape interval",
		"bad_regex":       "error parsing regexp",
		"misplaced_value": "cannot unmarshal !!str a value into",
		"missing_include": "config: neither scrape_configs nor scrape_config_files names a job to scrape",
	} {
		t.Run(name, func(t *testing.T) {
			err := load(t, filepath.Join("testdata", "config.yaml"), name).Validate()
			if want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, want)
			assert.NotContains(t, err.Error(), "hunter2")
			assert.NotContains(t, err.Error(), "line ")
		})
	}
}

// What print-config shows has no secret in it, and is a configuration again.
func TestShownWithoutSecrets(t *testing.T) {
	config := load(t, filepath.Join("testdata", "config.yaml"), "full")
	conf := confmap.New()
	require.NoError(t, conf.Marshal(config))
	shown := conf.ToStringMap()
	assert.NotContains(t, conf.ToStringMap(), "written")
	text := confmap.NewFromStringMap(shown)
	job := text.Get("config::scrape_configs").([]any)[0].(map[string]any)
	assert.Equal(t, "node", job["job_name"])
	assert.Equal(t, map[string]any{"username": "prom", "password": "<secret>"}, toStrings(job["basic_auth"]))

	again := createDefaultConfig().(*Config)
	require.NoError(t, text.Unmarshal(again))
	require.NoError(t, again.Validate())
}

func toStrings(v any) map[string]any {
	strings := map[string]any{}
	switch m := v.(type) {
	case map[string]any:
		return m
	case map[any]any:
		for name, value := range m {
			strings[name.(string)] = value
		}
	}
	return strings
}

func TestRelativePathsBeginInTheDirectory(t *testing.T) {
	config := load(t, filepath.Join("testdata", "config.yaml"), "full")
	config.Directory = t.TempDir()
	write(t, filepath.Join(config.Directory, "more.yaml"), "scrape_configs: [{job_name: included}]")
	config.Prometheus.written["scrape_config_files"] = []any{"more.yaml"}
	loaded, err := config.load()
	require.NoError(t, err)
	jobs, err := loaded.GetScrapeConfigs()
	require.NoError(t, err)
	require.Len(t, jobs, 2)
	assert.Equal(t, filepath.Join(config.Directory, "ca.pem"), jobs[0].HTTPClientConfig.TLSConfig.CAFile)
	assert.Equal(t, "included", jobs[1].JobName)
}

func TestConfigDirectory(t *testing.T) {
	for name, args := range map[string][]string{
		"/etc/x": {"--config", "/etc/x/agent.yaml"},
		"/etc/y": {"--feature-gates=a", "--config=file:/etc/y/agent.yaml", "--config", "/etc/z/more.yaml"},
		"/etc/z": {"validate", "--config=yaml:receivers::x::y: 1", "-config=/etc/z/agent.yaml"},
		"conf":   {"--config", "conf/agent.yaml"},
		".":      {"--config", "env:CONFIG"},
	} {
		assert.Equal(t, name, configDirectory(args), "%v", args)
	}
	assert.Equal(t, ".", configDirectory(nil))
	assert.Equal(t, ".", configDirectory([]string{"--config"}))
	directory, err := (&Config{}).directory()
	require.NoError(t, err)
	here, err := os.Getwd()
	require.NoError(t, err)
	assert.Equal(t, here, directory)
}
