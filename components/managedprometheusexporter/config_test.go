package managedprometheusexporter

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"
)

func load(t *testing.T, conf *confmap.Conf) (*Config, error) {
	t.Helper()
	config := createDefaultConfig().(*Config)
	if err := conf.Unmarshal(config); err != nil {
		return nil, err
	}
	return config, confmap.Validate(config)
}

func testdata(t *testing.T, name string) *confmap.Conf {
	t.Helper()
	conf, err := confmaptest.LoadConf(filepath.Join("testdata", name))
	require.NoError(t, err)
	return conf
}

func TestConfigStruct(t *testing.T) {
	require.NoError(t, componenttest.CheckConfigStruct(createDefaultConfig()))
}

func TestEveryKeyIsRead(t *testing.T) {
	config, err := load(t, testdata(t, "config.yaml"))
	require.NoError(t, err)
	want, err := load(t, confmap.NewFromStringMap(map[string]any{"http": map[string]any{"endpoint": config.HTTP.Endpoint}}))
	require.NoError(t, err)
	want.WAL = WALConfig{Directory: "/tmp/wal", MaxSize: 64 << 20, WhenFull: refuse, Sync: syncAlways}
	want.Queue = QueueConfig{
		Capacity: 1, MinShards: 2, MaxShards: 3, MaxSamplesPerSend: 4, BatchSendDeadline: 5 * time.Second,
		MinBackoff: 6 * time.Second, MaxBackoff: 7 * time.Second, SampleAgeLimit: 8 * time.Hour, FlushDeadline: 9 * time.Second,
	}
	want.Metadata = MetadataConfig{Send: true, SendInterval: 10 * time.Second, MaxSamplesPerSend: 11}
	want.ExternalLabels = map[string]string{"cluster": "prod"}
	want.ProtobufMessage, want.SendExemplars, want.SendNativeHistograms = messageV2, true, true
	want.MaxRequestBytes, want.AuthProbeInterval = 20_000, 12*time.Second
	want.OTLP = OTLPConfig{TranslationStrategy: "NoTranslation", PromoteResourceAttributes: []string{"host.name"}}
	require.Len(t, config.WriteRelabelConfigs, 1)
	rules, err := config.relabelConfigs()
	require.NoError(t, err)
	require.Equal(t, "drop", string(rules[0].Action))
	require.Equal(t, model.LegacyValidation, rules[0].NameValidationScheme)
	want.MetricNameValidationScheme = schemeLegacy
	want.ProxyFromEnvironment = false
	config.WriteRelabelConfigs = nil
	require.Equal(t, want, config)
}

// One message per mistake, which names the key and the way out.
func TestEveryMistakeIsNamed(t *testing.T) {
	cases, err := testdata(t, "mistakes.yaml").Sub("mistakes")
	require.NoError(t, err)
	require.NotEmpty(t, cases.ToStringMap())
	for name := range cases.ToStringMap() {
		t.Run(name, func(t *testing.T) {
			mistake, err := cases.Sub(name)
			require.NoError(t, err)
			config, err := mistake.Sub("config")
			require.NoError(t, err)
			if !config.IsSet("http::endpoint") {
				require.NoError(t, config.Merge(confmap.NewFromStringMap(map[string]any{"http": map[string]any{"endpoint": "http://127.0.0.1/write"}})))
			}
			_, err = load(t, config)
			require.ErrorContains(t, err, mistake.Get("message").(string))
			t.Log(err)
		})
	}
}

func TestOtherEndpointsPass(t *testing.T) {
	for _, endpoint := range []string{
		"http://127.0.0.1:9090/api/v1/write",
		"http://ts-1.hitsdb.rds.aliyuncs.com:3242/api/prom_write",
		"http://cn-hangzhou-intranet.arms.aliyuncs.com/prometheus/1/2/cn-hangzhou/api/v3/write",
		"https://workspace-default-cms-1-cn-hangzhou.cn-hangzhou.log.aliyuncs.com/prometheus/workspace-default-cms-1-cn-hangzhou/aliyun-prom-rw-1/api/v1/write",
		"https://p.cn-hangzhou-intranet.log.aliyuncs.com/prometheus/p/store/api/v1/write",
		"https://mimir.example/api/v1/push",
	} {
		require.NoError(t, validateEndpoint(endpoint), endpoint)
	}
}

func TestSizes(t *testing.T) {
	var size Size
	require.NoError(t, size.UnmarshalText([]byte("4GiB")))
	require.EqualValues(t, 4<<30, size)
	text, err := size.MarshalText()
	require.NoError(t, err)
	require.Equal(t, "4GiB", string(text))
	require.ErrorContains(t, size.UnmarshalText([]byte("much")), "such as 4GiB")
}

// Another endpoint's URL may have no path, but hardly does.
func TestAURLWithoutAPathIsDoubted(t *testing.T) {
	for _, endpoint := range []string{"http://host:9090", "http://host:9090/", "https://host/?token=x"} {
		require.NoError(t, validateEndpoint(endpoint), endpoint)
		require.Contains(t, endpointDoubt(endpoint), "has no path", endpoint)
		require.NotContains(t, endpointDoubt(endpoint), "token")
	}
	require.Empty(t, endpointDoubt("http://host:9090/write"))
}
