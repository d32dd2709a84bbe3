package managedprometheusexporter

import (
	"context"
	"time"

	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter"
)

// The defaults. Those of the queue follow the service's guide for remote write where it names one, else Prometheus; docs/decisions/0013
// tells why not in the size of requests.
const (
	defaultDirectory         = "/var/lib/msp-collector/wal"
	defaultMaxSize           = 4 << 30
	defaultCapacity          = 5000
	defaultMinShards         = 1
	defaultMaxShards         = 200
	defaultMaxSamplesPerSend = 2000
	defaultBatchSendDeadline = 5 * time.Second
	defaultMinBackoff        = 300 * time.Millisecond // the service asks clients to begin with this
	defaultMaxBackoff        = 10 * time.Second       // and to stop growing here
	defaultFlushDeadline     = 10 * time.Second
	defaultTimeout           = 30 * time.Second
	defaultWriteBuffer       = 64 << 10 // a request of 2000 samples is 40 KiB: one system call, not ten
	defaultMaxRequestBytes   = 900_000  // the service discards requests of more than 1 MB
	defaultAuthProbeInterval = 30 * time.Second
	defaultMetadataInterval  = time.Minute
	defaultMetadataPerSend   = 2000
)

var componentType = component.MustNewType("managed_prometheus")

// NewFactory makes the factory of the exporter `managed_prometheus`.
func NewFactory() exporter.Factory {
	return exporter.NewFactory(componentType, createDefaultConfig,
		exporter.WithMetrics(createMetrics, component.StabilityLevelBeta))
}

func createDefaultConfig() component.Config {
	client := confighttp.NewDefaultClientConfig()
	client.Timeout = defaultTimeout
	client.ForceAttemptHTTP2 = false // the service does not support it
	client.WriteBufferSize = defaultWriteBuffer
	keepalive := confighttp.NewDefaultKeepaliveClientConfig()
	keepalive.MaxIdleConns = defaultMaxShards
	keepalive.MaxIdleConnsPerHost = defaultMaxShards // a connection per shard is kept
	client.Keepalive = configoptional.Some(keepalive)
	return &Config{
		HTTP: client,

		ProxyFromEnvironment: true,

		WAL: WALConfig{Directory: defaultDirectory, MaxSize: defaultMaxSize, WhenFull: dropOldest, Sync: syncInterval},
		Queue: QueueConfig{
			Capacity: defaultCapacity, MinShards: defaultMinShards, MaxShards: defaultMaxShards,
			MaxSamplesPerSend: defaultMaxSamplesPerSend, BatchSendDeadline: defaultBatchSendDeadline,
			MinBackoff: defaultMinBackoff, MaxBackoff: defaultMaxBackoff, FlushDeadline: defaultFlushDeadline,
		},
		Metadata:        MetadataConfig{Send: true, SendInterval: defaultMetadataInterval, MaxSamplesPerSend: defaultMetadataPerSend},
		ProtobufMessage: messageV1,

		MetricNameValidationScheme: schemeUTF8,

		MaxRequestBytes:   defaultMaxRequestBytes,
		AuthProbeInterval: defaultAuthProbeInterval,
		OTLP: OTLPConfig{
			TranslationStrategy: string(otlptranslator.UnderscoreEscapingWithSuffixes),
			TargetInfo:          true,
		},
	}
}

func createMetrics(_ context.Context, set exporter.Settings, config component.Config) (exporter.Metrics, error) {
	return newExporter(set, config.(*Config))
}
