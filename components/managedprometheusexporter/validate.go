package managedprometheusexporter

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/otlptranslator"
)

// What the keys with a choice can be.
const (
	dropOldest = "drop_oldest"
	refuse     = "refuse"

	syncNone     = "none"
	syncInterval = "interval"
	syncAlways   = "always"

	messageV1 = "prometheus.WriteRequest"
	messageV2 = "io.prometheus.write.v2.Request"

	schemeUTF8   = "utf8"
	schemeLegacy = "legacy"
)

const (
	minMaxSize         = 16 << 20
	minMaxRequestBytes = 16 << 10
	maxMaxRequestBytes = 1 << 30
)

// Validate refuses what only an edit can heal, with one message per mistake.
func (c *Config) Validate() error {
	return errors.Join(
		validateEndpoint(c.HTTP.Endpoint),
		c.validateClient(),
		c.WAL.validate(),
		c.Queue.validate(),
		c.validateMessage(),
		c.validateLabels(),
	)
}

func (c *Config) validateClient() error {
	var errs []error
	if c.HTTP.ForceAttemptHTTP2 || c.HTTP.HTTP2ReadIdleTimeout != 0 || c.HTTP.HTTP2PingTimeout != 0 {
		errs = append(errs, errors.New("http::force_attempt_http2, http2_read_idle_timeout and http2_ping_timeout must not be set: the service does not support HTTP/2"))
	}
	if compression := c.HTTP.Compression; compression != "" && compression != "none" && compression != "snappy" {
		errs = append(errs, fmt.Errorf("http::compression is %q: remote write is always compressed with snappy, remove the key", compression))
	}
	if c.HTTP.Timeout <= 0 {
		errs = append(errs, errors.New("http::timeout must be positive, such as 30s: without it an endpoint that never answers stops delivery for good"))
	}
	for name := range c.HTTP.Headers.Iter {
		switch lower := strings.ToLower(name); {
		case lower == "authorization" && c.HTTP.Auth.HasValue():
			errs = append(errs, errors.New("http::headers sets Authorization beside http::auth: keep one of them"))
		case slices.Contains([]string{"content-encoding", "content-type", "content-length", "x-prometheus-remote-write-version"}, lower):
			errs = append(errs, fmt.Errorf("http::headers sets %s, which belongs to the protocol: remove it", name))
		}
	}
	return errors.Join(errs...)
}

func (c *WALConfig) validate() error {
	return errors.Join(
		check(c.Directory != "", "wal::directory is empty: name a folder that survives restarts, such as %s", defaultDirectory),
		check(c.MaxSize >= minMaxSize, "wal::max_size is %d bytes: give it at least 16MiB, an outage fills it", c.MaxSize),
		oneOf("wal::when_full", c.WhenFull, dropOldest, refuse),
		oneOf("wal::sync", c.Sync, syncNone, syncInterval, syncAlways),
	)
}

func (c *QueueConfig) validate() error {
	positive := func(key string, value int) error {
		return check(value > 0 && value <= math.MaxInt32, "queue_config::%s is %d: it must be positive", key, value)
	}
	duration := func(key string, value time.Duration) error {
		return check(value > 0, "queue_config::%s is %v: it must be positive", key, value)
	}
	return errors.Join(
		positive("capacity", c.Capacity),
		positive("min_shards", c.MinShards),
		positive("max_shards", c.MaxShards),
		positive("max_samples_per_send", c.MaxSamplesPerSend),
		check(c.MinShards <= c.MaxShards, "queue_config::min_shards is %d, more than max_shards, %d", c.MinShards, c.MaxShards),
		check(c.MaxShards <= maxShards, "queue_config::max_shards is %d: %d is the most", c.MaxShards, maxShards),
		duration("batch_send_deadline", c.BatchSendDeadline),
		duration("min_backoff", c.MinBackoff),
		duration("max_backoff", c.MaxBackoff),
		check(c.MinBackoff <= c.MaxBackoff, "queue_config::min_backoff is %v, more than max_backoff, %v", c.MinBackoff, c.MaxBackoff),
		check(c.SampleAgeLimit >= 0, "queue_config::sample_age_limit is %v: it must be positive, or 0s for none", c.SampleAgeLimit),
		check(c.FlushDeadline >= 0, "queue_config::flush_deadline is %v: it must not be negative", c.FlushDeadline),
	)
}

// maxShards keeps a slip of the hand from opening a hundred thousand connections.
const maxShards = 10_000

func (c *Config) validateMessage() error {
	return errors.Join(
		oneOf("protobuf_message", c.ProtobufMessage, messageV1, messageV2),
		check(c.MaxRequestBytes >= minMaxRequestBytes, "max_request_bytes is %d: it must be at least %d", c.MaxRequestBytes, minMaxRequestBytes),
		check(c.MaxRequestBytes <= maxMaxRequestBytes, "max_request_bytes is %d: %d is the most", c.MaxRequestBytes, maxMaxRequestBytes),
		check(c.AuthProbeInterval > 0, "auth_probe_interval is %v: it must be positive, such as 30s", c.AuthProbeInterval),
		check(!c.Metadata.Send || c.Metadata.SendInterval > 0, "metadata_config::send_interval is %v: it must be positive", c.Metadata.SendInterval),
		check(!c.Metadata.Send || c.Metadata.MaxSamplesPerSend > 0, "metadata_config::max_samples_per_send is %d: it must be positive", c.Metadata.MaxSamplesPerSend),
		oneOf("otlp::translation_strategy", c.OTLP.TranslationStrategy,
			string(otlptranslator.UnderscoreEscapingWithSuffixes), string(otlptranslator.UnderscoreEscapingWithoutSuffixes),
			string(otlptranslator.NoUTF8EscapingWithSuffixes), string(otlptranslator.NoTranslation)),
	)
}

func (c *Config) validateLabels() error {
	_, err := c.relabelConfigs()
	errs := []error{err, oneOf("metric_name_validation_scheme", c.MetricNameValidationScheme, schemeUTF8, schemeLegacy)}
	for name := range c.ExternalLabels {
		if name == model.MetricNameLabel || !model.UTF8Validation.IsValidLabelName(name) {
			errs = append(errs, fmt.Errorf("external_labels: %q cannot be the name of a label", name))
		}
	}
	return errors.Join(errs...)
}

func check(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}

func oneOf(key, value string, choices ...string) error {
	return check(slices.Contains(choices, value), "%s is %q: it must be one of %s", key, value, strings.Join(choices, ", "))
}
