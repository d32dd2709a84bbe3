package remotewritereceiver

import (
	"time"

	"go.opentelemetry.io/collector/config/confighttp"
)

// Config is what users write below `remote_write:`.
type Config struct {
	// HTTP is where to listen and who may send: confighttp's server settings. Its max_request_body_size bounds a request
	// as it comes over the network.
	HTTP confighttp.ServerConfig `mapstructure:"http"`
	// MaxDecompressedBodySize bounds a request after decompression, in bytes.
	MaxDecompressedBodySize int64 `mapstructure:"max_decompressed_body_size"`
	// MaxConcurrentRequests bounds how many requests are worked on at once, over all connections.
	MaxConcurrentRequests int `mapstructure:"max_concurrent_requests"`
	// RetryAfter is what senders are asked to wait when the pipeline cannot take their data now.
	RetryAfter time.Duration `mapstructure:"retry_after"`

	// prevent unkeyed literal initialization
	_ struct{}
}
