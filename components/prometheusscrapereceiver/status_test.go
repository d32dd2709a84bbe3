package prometheusscrapereceiver

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/scrape"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/status"
)

// lister has targets that were never scraped over a network.
type lister map[string][]*scrape.Target

func (l lister) TargetsActive() map[string][]*scrape.Target { return l }
func (lister) TargetsDropped() map[string][]*scrape.Target  { return nil }

func newTarget(address string, err error) *scrape.Target {
	set := labels.FromStrings(model.AddressLabel, address, model.SchemeLabel, "http", model.MetricsPathLabel, "/metrics", "__param_token", "secret")
	target := scrape.NewTarget(set, &config.ScrapeConfig{Params: map[string][]string{"token": {"secret"}}}, nil, nil)
	target.Report(time.Now(), time.Millisecond, err)
	return target
}

// The page shows what is down first, and no query: tokens stand there.
func TestTargetsAsTheyAreShown(t *testing.T) {
	var all []*scrape.Target
	for i := range 2 * status.MaxTargets {
		all = append(all, newTarget(fmt.Sprintf("up-%03d:80", i), nil))
	}
	all = append(all, newTarget("down:80", errors.New(`Get "http://down:80/metrics?token=secret": connection refused`)))
	var received telemetry
	received.took(7)
	received.refuse(reasonDuplicate, 3)
	shown := received.report(lister{"b": nil, "a": all})
	require.EqualValues(t, 7, shown.Accepted)
	require.Equal(t, []status.Loss{{Reason: "duplicate_timestamp", Samples: 3, Remedy: refusedRemedies[reasonDuplicate]}}, shown.Refused)
	require.Equal(t, "a", shown.Jobs[0].Name)
	require.Equal(t, [3]int{2 * status.MaxTargets, 1, 0}, [3]int{shown.Jobs[0].Up, shown.Jobs[0].Down, shown.Jobs[0].Unknown})
	require.Len(t, shown.Jobs[0].Targets, status.MaxTargets)
	first := shown.Jobs[0].Targets[0]
	require.Equal(t, "http://down:80/metrics", first.URL)
	require.Equal(t, `Get "http://down:80/metrics?...": connection refused`, first.Error)
	require.Equal(t, "up", shown.Jobs[0].Targets[1].Health)
	for reason, remedy := range refusedRemedies {
		require.NotEmpty(t, remedy, reasonNames[reason])
	}
}
