package managedprometheusexporter

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/internal/wal"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/delivery"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/encode"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/logfolders"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/write"
)

func (c *Config) encodeSettings() (encode.Settings, error) {
	relabel, err := c.relabelConfigs()
	return encode.Settings{
		ExternalLabels:            c.ExternalLabels,
		WriteRelabelConfigs:       relabel,
		SendExemplars:             c.SendExemplars,
		SendNativeHistograms:      c.SendNativeHistograms,
		TranslationStrategy:       otlptranslator.TranslationStrategyOption(c.OTLP.TranslationStrategy),
		PromoteResourceAttributes: c.OTLP.PromoteResourceAttributes,
		TargetInfoInterval:        c.OTLP.targetInfoInterval(),
	}, err
}

// deliverySettings puts together what the queue needs from the configuration and the host's extensions.
func (e *metricsExporter) deliverySettings(ctx context.Context, host component.Host) (delivery.Settings, error) {
	c := e.config
	client, changed, err := e.client(ctx, host)
	if err != nil {
		return delivery.Settings{}, err
	}
	log, err := e.logSettings()
	if err != nil {
		return delivery.Settings{}, err
	}
	settings := delivery.Settings{
		Log: log, Poster: client, Protocol: c.protocol(), Logger: e.set.Logger, Status: e.report(host),
		DropOldest: c.WAL.WhenFull == dropOldest,
		MinShards:  c.Queue.MinShards, MaxShards: c.Queue.MaxShards,
		MaxSamplesPerSend: c.Queue.MaxSamplesPerSend, MaxRequestBytes: c.MaxRequestBytes, Capacity: c.Queue.Capacity,
		BatchSendDeadline: c.Queue.BatchSendDeadline, MinBackoff: c.Queue.MinBackoff, MaxBackoff: c.Queue.MaxBackoff,
		SampleAgeLimit: c.Queue.SampleAgeLimit, FlushDeadline: c.Queue.FlushDeadline,
		AuthProbeInterval: c.AuthProbeInterval, PairChanged: changed, Probe: e.probe, Describe: c.describe(host), Now: time.Now,
	}
	if c.Metadata.Send {
		settings.MetadataInterval, settings.MetadataPerSend = c.Metadata.SendInterval, c.Metadata.MaxSamplesPerSend
	}
	return settings, nil
}

func (c *Config) protocol() write.Protocol {
	if c.ProtobufMessage == messageV2 {
		return write.V2
	}
	return write.V1
}

// logSettings gives the exporter a folder of its own below wal::directory, and no more room than there is.
func (e *metricsExporter) logSettings() (wal.Settings, error) {
	c := e.config.WAL
	policy := map[string]wal.SyncPolicy{syncNone: wal.SyncNone, syncInterval: wal.SyncInterval, syncAlways: wal.SyncAlways}[c.Sync]
	settings := wal.Settings{Directory: e.ownLog(), MaxSize: int64(c.MaxSize), Sync: policy}
	if err := os.MkdirAll(settings.Directory, 0o700); err != nil {
		return settings, fmt.Errorf("wal::directory: %w (as user %d): create it and make this user its owner, or name another", err, os.Getuid())
	}
	used, err := directorySize(settings.Directory)
	if err != nil {
		return settings, fmt.Errorf("wal::directory: %w", err)
	}
	free, err := wal.FreeBytes(settings.Directory)
	if errors.Is(err, errors.ErrUnsupported) {
		return settings, nil
	}
	if err != nil {
		return settings, fmt.Errorf("wal::directory: %w", err)
	}
	if room := roomForLog(used, free); room < settings.MaxSize {
		e.set.Logger.Warn("The disk has less room than wal::max_size: the write-ahead log is bounded by what there is",
			zap.String("directory", settings.Directory), zap.Int64("max_size", settings.MaxSize), zap.Int64("room", room))
		settings.MaxSize = max(room, minMaxSize)
	}
	return settings, nil
}

// ownLog is the folder of the exporter's log.
func (e *metricsExporter) ownLog() string {
	return filepath.Join(e.config.WAL.Directory, logfolders.Name(e.set.ID))
}

// maxReserve is the most that the log leaves free of the disk it is bounded by.
const maxReserve = 16 << 20

// roomForLog is what the log may take of a disk: what it has and what is free, but for a reserve for the checkpoint and for
// whatever else writes there, lest the log fill the disk by itself.
func roomForLog(used, free int64) int64 {
	all := used + free
	return all - min(maxReserve, all/20)
}

func directorySize(directory string) (size int64, err error) {
	entries, err := os.ReadDir(directory)
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil {
			size += info.Size()
		}
	}
	return size, err
}

// targetInfoInterval is how often target_info is sent for a resource: well within the five minutes after which Prometheus
// takes a series for gone.
const targetInfoInterval = time.Minute

func (c *OTLPConfig) targetInfoInterval() time.Duration {
	if c.TargetInfo {
		return targetInfoInterval
	}
	return 0
}
