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
	// MaxInFlightBytes bounds the bytes of requests that are read and worked on, compressed and decompressed ones together. 0 is
	// a quarter of the memory limit, at most 256 MiB.
	MaxInFlightBytes int64 `mapstructure:"max_in_flight_bytes"`
	// RetryAfter is what senders are asked to wait when the pipeline cannot take their data now.
	RetryAfter time.Duration `mapstructure:"retry_after"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// bytesInFlight is MaxInFlightBytes, or what it is when it is not set: what memory allows, and always room for one request.
func (c *Config) bytesInFlight(memoryLimit int64) int64 {
	if c.MaxInFlightBytes > 0 {
		return c.MaxInFlightBytes
	}
	return max(c.largestRequest(), min(defaultMaxInFlightBytes, memoryLimit/4))
}

// largestRequest is how many bytes a request can take.
func (c *Config) largestRequest() int64 { return c.HTTP.MaxRequestBodySize + c.MaxDecompressedBodySize }
