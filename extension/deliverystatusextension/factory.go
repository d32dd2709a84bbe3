package deliverystatusextension

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/extension"
)

const (
	defaultEndpoint = "127.0.0.1:8686"
	defaultInterval = time.Minute
)

var componentType = component.MustNewType("delivery_status")

// NewFactory makes the factory of `delivery_status`.
func NewFactory() extension.Factory {
	return extension.NewFactory(componentType, createDefaultConfig,
		func(_ context.Context, set extension.Settings, cfg component.Config) (extension.Extension, error) {
			return newDeliveryStatus(set, cfg.(*Config), remembered.of(set.ID)), nil
		}, component.StabilityLevelBeta)
}

func createDefaultConfig() component.Config {
	return &Config{
		Endpoint: defaultEndpoint,
		Verify:   configoptional.Default(VerifyConfig{Interval: defaultInterval}),
	}
}
