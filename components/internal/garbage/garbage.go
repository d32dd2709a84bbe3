// Package garbage sets Go's garbage collector for what a collector of metrics is: much that lives long, little that does not.
package garbage

import (
	"os"
	"runtime/debug"
	"sync"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"go.uber.org/zap"
)

// memoryRatio of the cgroup's memory limit is where the garbage collector begins to work harder, as in Prometheus.
const memoryRatio = 0.9

// The settings are the process's, so each is made once: later calls, from other components, do nothing.
var limitOnce, percentOnce sync.Once

// Percent sets GOGC, how much garbage there may be in proportion to what lives before it is collected, unless the environment
// does. It is for a component that makes little garbage: a low percentage costs it little CPU and saves memory.
func Percent(percent int) {
	percentOnce.Do(func() {
		if os.Getenv("GOGC") == "" {
			debug.SetGCPercent(percent)
		}
	})
}

// Limit sets GOMEMLIMIT from the memory limit of the cgroup, unless the environment does.
func Limit(logger *zap.Logger) {
	limitOnce.Do(func() { limit(logger) })
}

func limit(logger *zap.Logger) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	limit, err := memlimit.SetGoMemLimitWithOpts(memlimit.WithRatio(memoryRatio), memlimit.WithProvider(memlimit.FromCgroup))
	if err == nil && limit > 0 {
		logger.Info("The garbage collector keeps to the memory limit of the cgroup", zap.Int64("GOMEMLIMIT", limit))
	}
}
