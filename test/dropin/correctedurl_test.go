package dropin

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

const exporterMetric = "otelcol_exporter_managed_prometheus_"

// corrected is a collector whose prometheus.yml names a wrong path, and an endpoint at the right one.
type corrected struct {
	*collector
	t            *testing.T
	path         string
	wrong, right *harness.Endpoint
	ledger       *harness.Ledger
}

func startWithWrongURL(t *testing.T) *corrected {
	t.Helper()
	c := &corrected{t: t, path: filepath.Join(t.TempDir(), "prometheus.yml"), wrong: harness.StartEndpoint(nil), right: harness.StartEndpoint(nil)}
	t.Cleanup(c.wrong.Close)
	t.Cleanup(c.right.Close)
	c.wrong.Answer(harness.Always(harness.Answer{Status: http.StatusNotFound}))
	c.ledger = c.right.Record()
	c.configure(c.wrong.URL)
	c.collector = startCollector(t, "prometheus:"+c.path, noSampling)
	c.until("samples are held", func(ctx context.Context) error {
		if c.wrong.Count() == 0 {
			return errors.New("nothing was sent")
		}
		return c.atLeast(ctx, "queued_samples", 100)
	})
	return c
}

const noSampling = "--config=yaml:service::telemetry::logs::sampling::enabled: false"

// configure writes the file as it stands in the service's guide: no name in the entry.
func (c *corrected) configure(urls ...string) {
	c.t.Helper()
	var entries strings.Builder
	for _, url := range urls {
		fmt.Fprintf(&entries, "  - {url: '%s', basic_auth: {username: LTAI5tReload, password: not-to-be-printed}}\n", url)
	}
	targets := harness.StartTargets(1, 50)
	c.t.Cleanup(targets.Close)
	write(c.t, c.path, fmt.Sprintf(`global: {scrape_interval: 500ms, scrape_timeout: 500ms}
scrape_configs:
  - job_name: load
    metrics_path: /0/metrics
    static_configs: [{targets: ['%s']}]
remote_write:
%s`, targets.Address, &entries))
}

func (c *corrected) until(what string, condition func(context.Context) error) {
	c.t.Helper()
	require.NoError(c.t, c.Until(deadline(c.t), what, condition))
}

func (c *corrected) atLeast(ctx context.Context, name string, want int) error {
	sum, err := c.sum(ctx, name)
	if err == nil && sum < want {
		err = fmt.Errorf("%s is %d", name, sum)
	}
	return err
}

// sum is one of the exporters' metrics over all of them.
func (c *corrected) sum(ctx context.Context, name string) (sum int, err error) {
	byExporter, err := c.metric(ctx, exporterMetric+name, "exporter")
	for _, value := range byExporter {
		sum += value
	}
	return sum, err
}

// everythingArrives waits until what was held is delivered, and checks that each sample has come once, in order, from the first on.
func (c *corrected) everythingArrives() {
	c.t.Helper()
	c.until("what was held is delivered", func(ctx context.Context) error {
		if err := c.atLeast(ctx, "recovered_samples", 100); err != nil {
			return err
		}
		recovered, err := c.sum(ctx, "recovered_samples")
		if err != nil {
			return err
		}
		return c.atLeast(ctx, "delivered_samples", recovered+100)
	})
	c.Stop() // delivers the rest
	totals := c.ledger.Totals()
	require.Equal(c.t, totals.Accepted, totals.Ordered, "each once and in order: %v", c.ledger.Findings())

	arrived := c.ledger.Timestamps()
	var first *harness.Received
	for _, request := range c.wrong.Received() {
		if len(request.Series) > 0 && first == nil {
			first = &request
		}
	}
	require.NotNil(c.t, first)
	for i := range first.Series {
		for _, sample := range first.Series[i].Samples {
			require.Contains(c.t, arrived[first.Series[i].String()], sample.Timestamp, "what the wrong URL was sent first")
		}
	}
}

// adoption waits for the line about the log that was taken over, and returns it.
func (c *corrected) adoption() string {
	c.t.Helper()
	c.until("the log is taken over", func(context.Context) error {
		if !strings.Contains(c.Output.String(), "was taken over") {
			return errors.New("not yet")
		}
		return nil
	})
	lines := slices.DeleteFunc(strings.Split(c.Output.String(), "\n"), func(line string) bool { return !strings.Contains(line, "was taken over") })
	require.Len(c.t, lines, 1)
	return lines[0]
}

// The fault of the first day: the path of the URL is wrong, and is corrected while the collector runs.
func TestACorrectedURLDeliversWhatWasHeld(t *testing.T) {
	c := startWithWrongURL(t)
	folders, err := filepath.Glob(filepath.Join(c.state, "wal", "managed_prometheus@*"))
	require.NoError(t, err)
	require.Len(t, folders, 1)
	c.configure(c.right.URL)
	adoption := c.adoption()
	require.Contains(t, adoption, c.wrong.URL)
	require.Contains(t, adoption, c.right.URL)
	c.everythingArrives()
	require.NoDirExists(t, folders[0])
	require.NotContains(t, c.Output.String(), "belongs to no exporter")
	require.NotContains(t, c.Output.String(), "not-to-be-printed")
}

// The same with a restart in between, once after a crash.
func TestAURLThatIsCorrectedBeforeARestart(t *testing.T) {
	for name, end := range map[string]func(*harness.Process){"stopped": (*harness.Process).Stop, "killed": (*harness.Process).Kill} {
		t.Run(name, func(t *testing.T) {
			c := startWithWrongURL(t)
			end(c.Process)
			c.configure(c.right.URL)
			c.collector = startCollectorOn(t, c.state, "prometheus:"+c.path, noSampling)
			c.adoption()
			c.everythingArrives()
		})
	}
}

// Two URLs that change at once are not told apart: all is reported, and the command delivers one and deletes the other.
func TestTwoURLsThatChangeAtOnceAreReported(t *testing.T) {
	c := startWithWrongURL(t)
	c.configure(c.wrong.URL, c.wrong.URL+"?second")
	c.until("both hold samples", func(ctx context.Context) error {
		queued, err := c.metric(ctx, exporterMetric+"queued_samples", "exporter")
		if err == nil && (len(queued) != 2 || slices.ContainsFunc(slices.Collect(maps.Values(queued)), func(n int) bool { return n < 100 })) {
			err = fmt.Errorf("they hold %v", queued)
		}
		return err
	})
	c.configure(c.right.URL, c.right.URL+"?second")
	directory := filepath.Join(c.state, "wal")
	c.until("the logs are reported", func(ctx context.Context) error {
		orphaned, err := c.metric(ctx, exporterMetric+"orphaned_samples", "directory")
		if err == nil && orphaned[directory] < 200 {
			err = fmt.Errorf("%d samples are", orphaned[directory])
		}
		return err
	})
	output := c.Output.String()
	require.NotContains(t, output, "was taken over")
	require.Equal(t, 1, strings.Count(output, "no write-ahead log is taken over"))
	require.Equal(t, 2, strings.Count(output, "A write-ahead log belongs to no exporter"))
	require.NotContains(t, output, "?second")

	var orphans, mine []string
	list := c.wal("list", directory)
	for line := range strings.Lines(list) {
		fields := strings.Fields(line)
		switch {
		case strings.Contains(line, "orphaned"):
			orphans = append(orphans, fields[0])
		case strings.Contains(line, "in use"):
			mine = append(mine, fields[0])
		}
	}
	require.Len(t, orphans, 2, list)
	require.Len(t, mine, 2, list)
	require.Contains(t, c.wal("delete", mine[0]), "in use")
	require.Contains(t, c.wal("deliver", mine[0], filepath.Base(mine[1])), "in use")
	require.Contains(t, c.wal("deliver", orphans[0], filepath.Base(mine[0])), "Handed over: ")
	require.Contains(t, c.wal("delete", orphans[1]), "Deleted: ")
	c.until("nothing is orphaned", func(ctx context.Context) error {
		orphaned, err := c.metric(ctx, exporterMetric+"orphaned_samples", "directory")
		if err == nil && orphaned[directory] != 0 {
			err = fmt.Errorf("%d samples are", orphaned[directory])
		}
		return err
	})
	c.until("the log is delivered", func(context.Context) error {
		if !strings.Contains(c.Output.String(), "its folder was deleted") {
			return errors.New("not yet")
		}
		return nil
	})
	folders, err := filepath.Glob(filepath.Join(directory, "managed_prometheus@*"))
	require.NoError(t, err)
	require.ElementsMatch(t, mine, folders)
}

// wal runs `msp-collector wal`, and returns what it prints.
func (c *corrected) wal(args ...string) string {
	c.t.Helper()
	process, err := harness.StartProcess(binary(c.t, "msp-collector"), append([]string{"wal"}, args...), nil)
	require.NoError(c.t, err)
	_ = process.Wait(deadline(c.t)) // what it refuses ends with 1
	return process.Output.String()
}
