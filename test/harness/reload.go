package harness

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// reloads is a configuration file whose change makes a reload restart every component: it defines an extension that nothing uses.
type reloads struct {
	path  string
	count int
}

func (r *reloads) write() error {
	return os.WriteFile(r.path, fmt.Appendf(nil, "extensions: {pprof/reload_%d: {}}\n", r.count), 0o600)
}

// ReloadAll changes the configuration in such a way that every component restarts, signals the collector, and waits until all run
// again. It needs CollectorSettings.Reloads.
func (c *Collector) ReloadAll(ctx context.Context) error {
	c.reloads.count++
	if err := c.reloads.write(); err != nil {
		return err
	}
	before := c.Output.Len()
	if err := c.Signal(syscall.SIGHUP); err != nil {
		return err
	}
	return c.Until(ctx, "the collector has reloaded", func(context.Context) error {
		if !strings.Contains(c.Output.Since(before), "Everything is ready") {
			return errors.New("not yet")
		}
		return nil
	})
}
