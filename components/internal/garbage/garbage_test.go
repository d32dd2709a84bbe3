package garbage

import (
	"math"
	"runtime/debug"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
)

// percent is GOGC as it is, which is left as it is.
func percent() int {
	now := debug.SetGCPercent(100)
	debug.SetGCPercent(now)
	return now
}

func TestThePercentageIsSetOnceUnlessTheEnvironmentHasOne(t *testing.T) {
	before := percent()
	t.Cleanup(func() { debug.SetGCPercent(before); percentOnce = sync.Once{} })
	t.Setenv("GOGC", "50") // which Go has not read
	Percent(33)
	require.Equal(t, before, percent())

	percentOnce = sync.Once{}
	t.Setenv("GOGC", "")
	Percent(65)
	require.Equal(t, 65, percent())
	Percent(33)
	require.Equal(t, 65, percent(), "another component's wish")
}

func TestTheMemoryLimitOfTheEnvironmentIsKept(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetMemoryLimit(before); limitOnce = sync.Once{} })
	debug.SetMemoryLimit(math.MaxInt32)
	t.Setenv("GOMEMLIMIT", "2GiB")
	Limit(zap.NewNop())
	require.EqualValues(t, math.MaxInt32, debug.SetMemoryLimit(-1))
}
