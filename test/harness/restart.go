package harness

import (
	"context"
	"fmt"
	"syscall"
)

// Kill ends the process and its group at once, as a crash or the kernel's OOM killer does.
func (p *Process) Kill() {
	_ = syscall.Kill(-p.PID(), syscall.SIGKILL)
	<-p.done
}

// Restart ends the collector, unless it was killed, and starts it anew on the same ports and state directory. Overrides are
// for this run, on top of those it was first started with. Process is another one afterwards, also when it fails.
func (c *Collector) Restart(ctx context.Context, overrides ...string) error {
	c.Stop()
	return c.start(ctx, overrides)
}

// Healthy waits until the health check answers 200.
func (c *Collector) Healthy(ctx context.Context) error {
	return c.Until(ctx, "the collector is healthy", func(ctx context.Context) error {
		_, err := Fetch(ctx, c.HealthURL)
		return err
	})
}

// ExporterSetting is an override of one setting of the shipped configurations' exporter; the key has :: between its parts,
// such as queue_config::max_shards.
func ExporterSetting(key string, value any) string {
	return fmt.Sprintf("yaml:exporters::%s::%s: %v", DefaultExporter, key, value)
}

func overrideArgs(overrides []string) (args []string) {
	for _, override := range overrides {
		args = append(args, "--config="+override)
	}
	return args
}
