package supervisor

import (
	"context"
	"errors"
	"fmt"
	"io"

	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/otelcol"
)

// Validate returns what would keep the configuration of set from starting, and starts nothing. What a start would change on this
// host is written to notes, a line each.
func Validate(ctx context.Context, set otelcol.CollectorSettings, notes io.Writer) error {
	resolver, err := confmap.NewResolver(set.ConfigProviderSettings.ResolverSettings)
	if err != nil {
		return err
	}
	conf, err := resolver.Resolve(ctx)
	if err == nil {
		err = newChecker(set)(ctx, conf, nil)
	}
	if err == nil {
		var lines []string
		lines, err = startNotes(ctx, set, conf)
		for _, line := range lines {
			_, _ = fmt.Fprintln(notes, "Note:", line) // nobody may be listening
		}
	}
	return errors.Join(err, resolver.Shutdown(ctx))
}
