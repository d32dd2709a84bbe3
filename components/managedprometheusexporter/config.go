package managedprometheusexporter

import (
	"time"

	"go.opentelemetry.io/collector/config/confighttp"
)

// Config is what users write below `managed_prometheus:`. Where Prometheus has a name for a setting, it is that one.
type Config struct {
	// HTTP is where to and as whom: confighttp's client settings.
	HTTP confighttp.ClientConfig `mapstructure:"http"`
	// ProxyFromEnvironment sends requests through the proxy that HTTP_PROXY, HTTPS_PROXY and NO_PROXY name, unless http::proxy_url
	// names another. It is on as in all components of the collector; in a prometheus.yml it is off unless set, as in Prometheus.
	ProxyFromEnvironment bool `mapstructure:"proxy_from_environment"`
	// WAL keeps samples until they are delivered.
	WAL WALConfig `mapstructure:"wal"`
	// Queue is how they are sent.
	Queue QueueConfig `mapstructure:"queue_config"`
	// Metadata is how the type, help and unit of families are sent with remote write 1.0; 2.0 has them with each series.
	Metadata MetadataConfig `mapstructure:"metadata_config"`

	// ExternalLabels are added to series that have no label of that name.
	ExternalLabels map[string]string `mapstructure:"external_labels"`
	// WriteRelabelConfigs are applied after the external labels: relabelling rules in Prometheus's own notation. As
	// everywhere in the collector's configuration, a `$` is written `$$`.
	WriteRelabelConfigs []map[string]any `mapstructure:"write_relabel_configs"`
	// MetricNameValidationScheme is utf8, or legacy: which names relabelling may make. Source: Prometheus's
	// global.metric_name_validation_scheme.
	MetricNameValidationScheme string `mapstructure:"metric_name_validation_scheme"`
	// ProtobufMessage is prometheus.WriteRequest (remote write 1.0) or io.prometheus.write.v2.Request (2.0).
	ProtobufMessage string `mapstructure:"protobuf_message"`
	// SendExemplars and SendNativeHistograms are off unless set: the service documents neither.
	SendExemplars        bool `mapstructure:"send_exemplars"`
	SendNativeHistograms bool `mapstructure:"send_native_histograms"`
	// MaxRequestBytes bounds a request before compression.
	MaxRequestBytes int `mapstructure:"max_request_bytes"`
	// AuthProbeInterval is how often a blocked destination is probed.
	AuthProbeInterval time.Duration `mapstructure:"auth_probe_interval"`

	// OTLP is for data that came over OTLP or from OpenTelemetry receivers; scraped series keep their names.
	OTLP OTLPConfig `mapstructure:"otlp"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// WALConfig describes the write-ahead log.
type WALConfig struct {
	// Directory gets a folder per exporter.
	Directory string `mapstructure:"directory"`
	// MaxSize is how much it may grow to; free disk space bounds it too.
	MaxSize Size `mapstructure:"max_size"`
	// WhenFull is drop_oldest or refuse.
	WhenFull string `mapstructure:"when_full"`
	// Sync is none, interval (every second) or always (before data are accepted).
	Sync string `mapstructure:"sync"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// QueueConfig has the names of Prometheus's queue_config.
type QueueConfig struct {
	Capacity          int           `mapstructure:"capacity"`
	MinShards         int           `mapstructure:"min_shards"`
	MaxShards         int           `mapstructure:"max_shards"`
	MaxSamplesPerSend int           `mapstructure:"max_samples_per_send"`
	BatchSendDeadline time.Duration `mapstructure:"batch_send_deadline"`
	MinBackoff        time.Duration `mapstructure:"min_backoff"`
	MaxBackoff        time.Duration `mapstructure:"max_backoff"`
	SampleAgeLimit    time.Duration `mapstructure:"sample_age_limit"`
	// FlushDeadline is how long a shutdown goes on delivering while the endpoint works.
	FlushDeadline time.Duration `mapstructure:"flush_deadline"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// MetadataConfig has the names of Prometheus's metadata_config.
type MetadataConfig struct {
	Send              bool          `mapstructure:"send"`
	SendInterval      time.Duration `mapstructure:"send_interval"`
	MaxSamplesPerSend int           `mapstructure:"max_samples_per_send"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// OTLPConfig says how OpenTelemetry metrics become series.
type OTLPConfig struct {
	// TranslationStrategy is one of Prometheus's otlp.translation_strategy.
	TranslationStrategy string `mapstructure:"translation_strategy"`
	// PromoteResourceAttributes become labels of every series of their resource.
	PromoteResourceAttributes []string `mapstructure:"promote_resource_attributes"`
	// TargetInfo sends each resource's attributes as the series target_info.
	TargetInfo bool `mapstructure:"target_info"`

	// prevent unkeyed literal initialization
	_ struct{}
}
