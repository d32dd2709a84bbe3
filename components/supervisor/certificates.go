package supervisor

import (
	"context"

	"go.opentelemetry.io/collector/config/configtls"
)

// certificates loads the TLS material that a component would load when it starts.
func certificates(ctx context.Context, path string, value any) error {
	switch c := value.(type) {
	case *configtls.ClientConfig:
		_, err := c.LoadTLSConfig(ctx)
		return in(path, err)
	case *configtls.ServerConfig:
		copied := *c
		copied.ReloadClientCAFile = false // which would start to watch the file
		_, err := copied.LoadTLSConfig(ctx)
		return in(path, err)
	}
	return nil
}
