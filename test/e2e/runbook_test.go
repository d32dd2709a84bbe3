package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// Lines that docs/rotation.md tells people to look for.
const (
	rotatedLine  = `info\b.*AccessKey pair rotated`
	fallbackLine = `warn\b.*New AccessKey pair is refused, delivery goes on with the previous one`
	acceptedLine = `info\b.*AccessKey pair accepted`
)

// enough is how many scrapes each state of the runbook lasts: several requests go out in it.
const enough = 4

// The steps of docs/rotation.md, with a way back in the middle, lose no sample.
func TestTheRotationRunbookLosesNothing(t *testing.T) {
	r := startRunbook(t)
	r.step("create: both AccessKeys are enabled", r.next, r.old)
	switched := r.collector.Output.Len()
	r.switchTo(r.next)
	r.logged(switched, acceptedLine+".*"+masked(r.next)) // verify; the queries of the next step use the new pair as well
	metrics, err := harness.Fetch(deadline(t, patience), r.collector.MetricsURL)
	require.NoError(t, err)
	assert.Regexp(t, `(?m)^otelcol_extension_accesskey_auth_destinations\{.*state="accepted".*\} 1$`, metrics)
	r.step("disable the old AccessKey", r.next)

	r.step("rollback: the old AccessKey is enabled again", r.old, r.next)
	r.switchTo(r.old)
	r.step("rollback: the new AccessKey is disabled", r.old)

	r.step("forward again: both AccessKeys are enabled", r.next, r.old)
	r.switchTo(r.next)
	r.step("delete the old AccessKey", r.next)

	assert.NotRegexp(t, refusedLine, r.collector.Output.String())
	r.nothingLost()
	r.stillRunning()
}

// The wrong order: the file is switched before the new AccessKey is enabled. The old one carries delivery on, the log
// says so, and it says when the new one has taken over.
func TestTheRunbookInTheWrongOrderLosesNothing(t *testing.T) {
	r := startRunbook(t)
	r.switchTo(r.next)
	r.logged(0, fallbackLine+".*"+masked(r.old)+".*"+masked(r.next))
	r.step("the new AccessKey is still disabled", r.old)

	switched := r.collector.Output.Len()
	r.step("the new AccessKey is enabled and the old one disabled", r.next)
	r.logged(switched, acceptedLine+".*"+masked(r.next))

	assert.NotRegexp(t, refusedLine, r.collector.Output.String())
	r.nothingLost()
	r.stillRunning()
}

// runbook is a rotation of the plain configuration whose lost samples can be counted.
type runbook struct {
	rotation
	scrapes string // selects the target's own count of scrapes, which is one more in each scrape
}

func startRunbook(t *testing.T) *runbook {
	t.Helper()
	r := &runbook{rotation: rotation{T: t, old: harness.NewAccessKey(), next: harness.NewAccessKey()}}
	exporter := startNodeExporter(t, "")
	r.prometheus = startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{r.old}})
	dir := collectorDirectory(t, r.old, exporter)
	r.write = func(key harness.AccessKey) {
		require.NoError(t, harness.RenameOver(filepath.Join(dir, "accesskey.json"), key))
	}
	r.collector = startCollector(t, harness.CollectorSettings{
		Config:         "standard.yaml",
		Directory:      dir,
		RemoteWriteURL: r.prometheus.RemoteWriteURL(),
		Env:            []string{fastScrapes},
		Reloads:        true,
	})
	r.selectSeries(exporter)
	until(t, "samples arrive with the first pair", r.arrivesAfter(time.Time{}, enough))
	return r
}

func (r *runbook) selectSeries(exporter *harness.NodeExporter) {
	r.up = fmt.Sprintf("up{job=%q,instance=%q}", nodeJob, exporter.Address)
	r.scrapes = fmt.Sprintf(`promhttp_metric_handler_requests_total{code="200",instance=%q}`, exporter.Address)
}

// step makes the stand-in accept these pairs, the first of which queries it, and lets the state last.
func (r *runbook) step(what string, accepted ...harness.AccessKey) {
	r.Helper()
	require.NoError(r, r.prometheus.Accept(accepted...))
	until(r.T, what, r.arrivesAfter(time.Now(), enough))
}

// switchTo puts a pair into the file and waits for the line that says it is in use.
func (r *runbook) switchTo(key harness.AccessKey) {
	r.Helper()
	before, written := r.collector.Output.Len(), time.Now()
	r.write(key)
	r.logged(before, rotatedLine+".*"+masked(key))
	r.Logf("%s is in use %s after it was written", key.ID[:4], time.Since(written).Round(time.Millisecond))
	until(r.T, "samples arrive after the switch", r.arrivesAfter(time.Now(), enough))
}

// logged waits for a line behind an offset of the log.
func (r *runbook) logged(offset int, line string) {
	r.Helper()
	pattern := regexp.MustCompile(line)
	until(r.T, "the log says "+line, func(context.Context) error {
		if since := r.collector.Output.Since(offset); !pattern.MatchString(since) {
			return fmt.Errorf("not in:\n%s", since)
		}
		return nil
	})
}

// nothingLost counts the lost samples. The distance of the samples says the same less exactly, for a busy machine scrapes
// late.
func (r *runbook) nothingLost() {
	r.Helper()
	r.everyScrapeArrived()
	assert.Less(r, r.gap(), noGap)
}

// everyScrapeArrived counts what the target served and Prometheus did not get: each scrape reads the next number.
func (r *runbook) everyScrapeArrived() {
	r.Helper()
	result, err := r.prometheus.Query(deadline(r.T, patience), r.scrapes+"[10m]")
	require.NoError(r, err)
	require.Len(r, result, 1)
	samples := result[0].Samples
	served := int(samples[len(samples)-1].Value-samples[0].Value) + 1
	r.Logf("%d scrapes served, %d stored: %d lost", served, len(samples), served-len(samples))
	assert.Zero(r, served-len(samples), "samples lost")
}

// masked is a pattern for an AccessKey ID as logs show it.
func masked(key harness.AccessKey) string {
	return regexp.QuoteMeta(key.ID[:4] + "****" + key.ID[len(key.ID)-4:])
}
