package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// The exporter has another name after each of ten kill -9 under load: its log goes along each time, and nothing is lost.
func TestKillsAndRenamesLoseNothing(t *testing.T) {
	const other = harness.DefaultExporter + "/other"
	renamed := []string{
		fmt.Sprintf("yaml:exporters::%s: {http: {endpoint: '${env:MSP_REMOTE_WRITE_URL}', auth: {authenticator: accesskey_auth}}, wal: {directory: '${env:MSP_WAL_DIRECTORY}'}, auth_probe_interval: 1s}", other),
		fmt.Sprintf("yaml:service::pipelines::metrics::exporters: [%s]", other),
		fmt.Sprintf("yaml:service::pipelines::metrics/self::exporters: [%s]", other),
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	f := startFaultRun(t, harness.ExporterSetting("auth_probe_interval", "1s"))
	t.Cleanup(func() { f.collector.Stop() })
	for round := range kills {
		f.endpoint.Answer([]harness.Policy{harness.Always(harness.Answer{Status: http.StatusForbidden}), harness.Accept}[random.IntN(2)])
		f.accepts(uint64(200 + random.IntN(2000)))
		f.collector.Kill()
		overrides := renamed
		if round%2 == 1 {
			overrides = nil
		}
		require.NoError(t, f.collector.Restart(deadline(t, patience), overrides...))
		require.Equal(t, 1, strings.Count(f.collector.Output.String(), "was taken over"), "round %d", round)
	}
	f.endpoint.Answer(harness.Accept)
	s := f.settle()
	assert.Empty(t, s.Dropped)
	assert.GreaterOrEqual(t, s.Distinct(), s.pushed.Acknowledged, "every acknowledged sample has arrived")
	assert.LessOrEqual(t, s.Distinct(), s.pushed.Acknowledged+s.pushed.Ambiguous)
}
