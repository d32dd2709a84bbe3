package remotewritereceiver

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"
)

func TestDefaults(t *testing.T) {
	require.NoError(t, componenttest.CheckConfigStruct(createDefaultConfig()))
	config := createDefaultConfig().(*Config)
	require.NoError(t, config.Validate())
	require.Equal(t, "localhost:9201", config.HTTP.NetAddr.Endpoint)
	require.EqualValues(t, "tcp", config.HTTP.NetAddr.Transport)
}

func TestConfig(t *testing.T) {
	file, err := confmaptest.LoadConf("testdata/config.yaml")
	require.NoError(t, err)
	for name, want := range map[string][]string{
		"remote_write":             nil,
		"remote_write/all":         nil,
		"remote_write/endpoint":    {"http::endpoint is empty: name an address to listen on, such as localhost:9201"},
		"remote_write/compression": {"http::compression_algorithms must not be set"},
		"remote_write/sizes": {
			"http::max_request_body_size is -1: it must be a number of bytes", "max_decompressed_body_size is 5000000000: it must be a number of bytes",
		},
		"remote_write/concurrency": {"max_concurrent_requests is 0: it must be positive, such as 256"},
		"remote_write/bytes": {
			"max_in_flight_bytes is 60000000: the largest request needs 67108864, http::max_request_body_size and max_decompressed_body_size together",
		},
		"remote_write/timeout": {"http::read_timeout is 0s: it must be positive, such as 30s"},
		"remote_write/retry":   {"retry_after is 100ms: it must be at least 1s"},
	} {
		t.Run(name, func(t *testing.T) {
			section, err := file.Sub(name)
			require.NoError(t, err)
			config := createDefaultConfig()
			require.NoError(t, section.Unmarshal(config))
			err = config.(*Config).Validate()
			if want == nil {
				require.NoError(t, err)
				return
			}
			for _, message := range want {
				require.ErrorContains(t, err, message)
			}
		})
	}
}

func TestAMisspeltKey(t *testing.T) {
	conf := confmap.NewFromStringMap(map[string]any{"max_concurent_requests": 5})
	require.ErrorContains(t, conf.Unmarshal(createDefaultConfig()), "max_concurent_requests")
}

func TestBytesInFlight(t *testing.T) {
	config := createDefaultConfig().(*Config)
	require.EqualValues(t, 256<<20, config.bytesInFlight(math.MaxInt64), "no memory limit")
	require.EqualValues(t, 128<<20, config.bytesInFlight(512<<20))
	require.EqualValues(t, 64<<20, config.bytesInFlight(100<<20), "one request has room")
	config.MaxInFlightBytes = 70 << 20
	require.NoError(t, config.Validate())
	require.EqualValues(t, 70<<20, config.bytesInFlight(512<<20))
}
