package harness

import (
	"context"
	"fmt"
	"time"
)

const pollInterval = 50 * time.Millisecond

// Until polls a condition until it returns nil. When the context ends first, the error says what was waited for, why the
// waiting ended, and what the condition last said.
func Until(ctx context.Context, what string, condition func(context.Context) error) error {
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	var last error
	for {
		err := condition(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() == nil || last == nil {
			last = err // an error caused by the end of the context says less than the one before it
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting until %s: %w; last: %w", what, context.Cause(ctx), last)
		case <-ticker.C:
		}
	}
}
