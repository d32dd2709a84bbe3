package prometheusscrapereceiver

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"
)

var componentType = component.MustNewType("prometheus_scrape")

// NewFactory makes the factory of the receiver `prometheus_scrape`.
func NewFactory() receiver.Factory {
	return receiver.NewFactory(componentType, createDefaultConfig,
		receiver.WithMetrics(createMetrics, component.StabilityLevelBeta))
}

func createDefaultConfig() component.Config { return &Config{} }

func createMetrics(_ context.Context, set receiver.Settings, config component.Config, next consumer.Metrics) (receiver.Metrics, error) {
	return newReceiver(set, config.(*Config), next), nil
}
