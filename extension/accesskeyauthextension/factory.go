package accesskeyauthextension

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension"
)

const (
	defaultCheckInterval = time.Second
	defaultScheme        = "Bearer"
	minCheckInterval     = 100 * time.Millisecond
	// A day leaves an operator time to see that the new pair is refused, and ends before the
	// old pair of a 90-day rotation is forgotten.
	defaultFallbackFor = 24 * time.Hour
	// RAM's advice is to rotate every 90 days.
	defaultMaxAge = 90 * 24 * time.Hour
)

// remembered is what destinations accepted, by component id. It belongs to the process, because a
// configuration reload makes the factories anew and must not forget the fallback.
var remembered = newMemory()

// NewFactory makes the factory of `accesskey_auth`.
func NewFactory() extension.Factory {
	return extension.NewFactory(
		component.MustNewType("accesskey_auth"),
		createDefaultConfig,
		func(_ context.Context, set extension.Settings, cfg component.Config) (extension.Extension, error) {
			c := cfg.(*Config)
			if c.Server.HasValue() {
				return newAccessKeyServer(set, c)
			}
			return newAccessKeyAuth(set, c, remembered.destinations(set.ID))
		},
		component.StabilityLevelBeta,
	)
}

func createDefaultConfig() component.Config {
	return &Config{
		CheckInterval:       defaultCheckInterval,
		FallbackFor:         defaultFallbackFor,
		MaxAge:              defaultMaxAge,
		FileMode:            FileModeWarn,
		AppendSecurityToken: true,
	}
}
