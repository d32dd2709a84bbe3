package e2e

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// A configuration is copied to every host as it is. Each host's collector then has metrics of its own, by the host's name, or
// else the samples of all of them would be one series's, and be refused as out of order.
func TestCollectorsOfTwoHostsAreTold(t *testing.T) {
	here, err := os.Hostname()
	require.NoError(t, err)
	for _, config := range []string{"agent.yaml", "gateway.yaml", "standard.yaml"} {
		t.Run(config, func(t *testing.T) {
			key := harness.NewAccessKey()
			prometheus := startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{key}})
			for _, name := range []string{"HOSTNAME=", "HOSTNAME=elsewhere"} {
				startCollector(t, harness.CollectorSettings{
					Config: config, Directory: collectorDirectory(t, key, nil), RemoteWriteURL: prometheus.RemoteWriteURL(), Env: []string{name},
				})
			}
			const own = `up{job=~"msp-collector(-gateway)?"} == 1`
			var series []harness.Series
			until(t, "both are told", func(ctx context.Context) (err error) {
				if series, err = prometheus.Query(ctx, own); err == nil && len(series) != 2 {
					err = fmt.Errorf("%d of 2 series of %s", len(series), own)
				}
				return err
			})
			assert.ElementsMatch(t, []string{here, "elsewhere"}, []string{series[0].Labels["instance"], series[1].Labels["instance"]})
		})
	}
}
