package remotewritereceiver

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"
)

// The defaults.
const (
	defaultEndpoint              = "localhost:9201"
	defaultMaxBodySize           = 32 << 20  // compressed and decompressed, as in Prometheus
	defaultMaxConcurrentRequests = 256       // the guide's max_shards is 200
	defaultMaxInFlightBytes      = 256 << 20 // at most, see Config.bytesInFlight
	defaultRetryAfter            = 5 * time.Second
	defaultReadTimeout           = 30 * time.Second // a slow sender must not keep its place for ever
)

var componentType = component.MustNewType("remote_write")

// NewFactory makes the factory of the receiver `remote_write`.
func NewFactory() receiver.Factory {
	return receiver.NewFactory(componentType, createDefaultConfig,
		receiver.WithMetrics(createMetrics, component.StabilityLevelBeta))
}

func createDefaultConfig() component.Config {
	server := confighttp.NewDefaultServerConfig()
	server.NetAddr.Endpoint = defaultEndpoint
	server.MaxRequestBodySize = defaultMaxBodySize
	server.ReadTimeout = defaultReadTimeout
	return &Config{
		HTTP:                    server,
		MaxDecompressedBodySize: defaultMaxBodySize,
		MaxConcurrentRequests:   defaultMaxConcurrentRequests,
		RetryAfter:              defaultRetryAfter,
	}
}

func createMetrics(_ context.Context, set receiver.Settings, config component.Config, next consumer.Metrics) (receiver.Metrics, error) {
	return newReceiver(set, config.(*Config), next), nil
}
