package e2e

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/msp-collector/msp-collector/test/harness"
)

// Where the pipeline of contrib's receiver and exporter changes a series, this pins how. A bucket bound is a number on the
// way, so that its spelling is lost: 1e+06 arrives as 1000000, where a Prometheus would have stored 1e+06.
func TestKnownDifferences(t *testing.T) {
	key := harness.NewAccessKey()
	prometheus := startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{key}})
	exporter := startNodeExporter(t, textfiles(t, "differences.prom"))
	startCollector(t, harness.CollectorSettings{
		Config:         "standard.yaml",
		Directory:      collectorDirectory(t, key, exporter),
		RemoteWriteURL: prometheus.RemoteWriteURL(),
		Env:            []string{fastScrapes},
	})
	var bounds []string
	until(t, "the histogram is stored", func(ctx context.Context) error {
		series, err := prometheus.Query(ctx, fmt.Sprintf("probe_transfer_bytes_bucket{instance=%q}", exporter.Address))
		if err != nil {
			return err
		}
		if len(series) == 0 {
			return errors.New("not yet")
		}
		bounds = nil
		for _, s := range series {
			bounds = append(bounds, s.Labels["le"])
		}
		return nil
	})
	assert.ElementsMatch(t, []string{"1000000", "+Inf"}, bounds)
}
