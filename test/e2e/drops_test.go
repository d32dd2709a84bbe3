package e2e

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

var droppedLine = regexp.MustCompile(`Samples dropped\s.*"reason": "(\w+)", "samples": (\d+)`)

// loggedDrops adds up the samples that the collector's log reports as dropped for a reason.
func (f *faultRun) loggedDrops(reason string) (samples uint64) {
	f.t.Helper()
	for _, found := range droppedLine.FindAllStringSubmatch(f.collector.Output.String(), -1) {
		if found[1] == reason {
			n, err := strconv.ParseUint(found[2], 10, 64)
			require.NoError(f.t, err)
			samples += n
		}
	}
	return samples
}

// isCritical checks the verdict, in the JSON that `msp-collector probe` prints whole.
func (f *faultRun) isCritical(why string) {
	f.t.Helper()
	binary, err := harness.Binary("msp-collector")
	require.NoError(f.t, err)
	probe, err := harness.StartProcess(binary, []string{"probe", f.collector.StatusURL + "/api/v1/status"}, nil)
	require.NoError(f.t, err)
	defer probe.Stop()
	require.NoError(f.t, probe.Wait(deadline(f.t, patience)))
	printed := probe.Output.String()
	require.Greater(f.t, len(printed), 1<<10)
	var status harness.Status
	require.NoError(f.t, json.Unmarshal([]byte(strings.TrimSpace(printed)), &status), "the whole answer is printed")
	assert.Equal(f.t, "critical", status.Verdict.Level)
	assert.Contains(f.t, status.Verdict.Text, why)
}
