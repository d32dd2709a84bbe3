package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

const kills = 10

// Ten kill -9 at random moments, under load: with an endpoint that works, and with one that is down until the end.
func TestKillsLoseNothing(t *testing.T) {
	for name, policy := range map[string]harness.Policy{
		"while it works":      harness.Accept,
		"while it is down":    harness.Always(harness.Answer{Status: http.StatusServiceUnavailable}),
		"while it is refused": harness.Always(harness.Answer{Status: http.StatusUnauthorized}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFaultRun(t, harness.ExporterSetting("auth_probe_interval", "1s"))
			t.Cleanup(func() { f.collector.Stop() })
			f.endpoint.Answer(policy)
			for range kills {
				f.accepts(uint64(200 + rand.IntN(2000)))
				f.collector.Kill()
				require.NoError(t, f.collector.Restart(deadline(t, patience)))
			}
			f.endpoint.Answer(harness.Accept)
			s := f.settle()
			assert.Empty(t, s.Dropped)
			assert.GreaterOrEqual(t, s.Distinct(), s.pushed.Acknowledged, "every acknowledged sample has arrived")
			assert.LessOrEqual(t, s.Distinct(), s.pushed.Acknowledged+s.pushed.Ambiguous)
			// A pushed batch without an answer is pushed again, so that it may be accepted twice.
			assert.LessOrEqual(t, s.Repeated, uint64(kills*4*100)+s.pushed.Ambiguous, "one request per shard and kill")
			t.Logf("%d samples acknowledged, %d in pushes without an answer", s.pushed.Acknowledged, s.pushed.Ambiguous)
		})
	}
}

// A backlog made with one number of shards is delivered with others.
func TestShardsChangeBetweenRuns(t *testing.T) {
	f := startFaultRun(t)
	t.Cleanup(func() { f.collector.Stop() })
	for _, shards := range []int{1, 7, 3} {
		f.endpoint.Answer(harness.Always(harness.Answer{Status: http.StatusServiceUnavailable}))
		f.accepts(2000)
		require.NoError(t, f.collector.Restart(deadline(t, patience),
			harness.ExporterSetting("queue_config::min_shards", shards), harness.ExporterSetting("queue_config::max_shards", shards)))
		f.endpoint.Answer(harness.Accept)
		f.arrives(1000)
	}
	s := f.settle()
	assert.Empty(t, s.Dropped)
	assert.GreaterOrEqual(t, s.Distinct(), s.pushed.Acknowledged)
	assert.LessOrEqual(t, s.Repeated, s.pushed.Ambiguous)
}

// accepts waits until n more pushed samples were acknowledged.
func (f *faultRun) accepts(n uint64) {
	f.t.Helper()
	target := f.push.Sent().Acknowledged + n
	until(f.t, fmt.Sprintf("%d more samples are acknowledged", n), func(context.Context) error {
		if got := f.push.Sent().Acknowledged; got < target {
			return fmt.Errorf("%d of %d", got, target)
		}
		return nil
	})
}
