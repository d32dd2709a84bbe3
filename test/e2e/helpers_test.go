package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// patience is how long a condition may take that normally holds within a few seconds.
const patience = 60 * time.Second

func deadline(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// until fails the test when the condition does not hold in time.
func until(t *testing.T, what string, condition func(context.Context) error) {
	t.Helper()
	require.NoError(t, harness.Until(deadline(t, patience), what, condition))
}

// stopAtEnd stops the process with the test and shows its output when the test failed.
func stopAtEnd(t *testing.T, name string, process *harness.Process) {
	t.Cleanup(func() {
		process.Stop()
		if t.Failed() {
			t.Logf("last output of %s:\n%s", name, process.Output.Tail(40))
		}
	})
}

func startPrometheus(t *testing.T, settings harness.PrometheusSettings) *harness.Prometheus {
	t.Helper()
	if settings.Directory == "" {
		settings.Directory = t.TempDir()
	}
	prometheus, err := harness.StartPrometheus(deadline(t, patience), settings)
	require.NoError(t, err)
	stopAtEnd(t, "Prometheus", prometheus.Process)
	return prometheus
}

func startNodeExporter(t *testing.T, textfiles string) *harness.NodeExporter {
	t.Helper()
	exporter, err := harness.StartNodeExporter(deadline(t, patience), textfiles)
	require.NoError(t, err)
	stopAtEnd(t, "node_exporter", exporter.Process)
	return exporter
}

func startCollector(t *testing.T, settings harness.CollectorSettings) *harness.Collector {
	t.Helper()
	collector, err := harness.StartCollector(deadline(t, patience), settings)
	require.NoError(t, err)
	stopAtEnd(t, "the collector", collector.Process)
	return collector
}

// collectorDirectory is a folder with a key file and, when there is an exporter, a target file, as the configurations
// expect them.
func collectorDirectory(t *testing.T, key harness.AccessKey, exporter *harness.NodeExporter) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, harness.WriteInPlace(filepath.Join(dir, "accesskey.json"), key))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "targets"), 0o700))
	if exporter != nil {
		require.NoError(t, exporter.WriteTargets(filepath.Join(dir, "targets", "node.json")))
	}
	return dir
}

// newest returns the time of the newest sample of the series an expression selects, now or lately.
func newest(ctx context.Context, prometheus *harness.Prometheus, selector string) (time.Time, error) {
	times, err := sampleTimes(ctx, prometheus, selector)
	if err != nil {
		return time.Time{}, err
	}
	return times[len(times)-1], nil
}

// sampleTimes returns the times of the samples of the one series a selector matches, oldest first.
func sampleTimes(ctx context.Context, prometheus *harness.Prometheus, selector string) ([]time.Time, error) {
	result, err := prometheus.Query(ctx, selector+"[10m]")
	if err != nil {
		return nil, err
	}
	if len(result) != 1 {
		return nil, fmt.Errorf("%s matches %d series instead of one", selector, len(result))
	}
	var times []time.Time
	for _, sample := range result[0].Samples {
		times = append(times, sample.Time)
	}
	return times, nil
}

// widestGap is the longest time between consecutive samples.
func widestGap(times []time.Time) time.Duration {
	var widest time.Duration
	for i := 1; i < len(times); i++ {
		widest = max(widest, times[i].Sub(times[i-1]))
	}
	return widest
}

func makeParent(path string) error { return os.MkdirAll(filepath.Dir(path), 0o700) }

func writeFile(path, content string) error { return os.WriteFile(path, []byte(content), 0o600) }
