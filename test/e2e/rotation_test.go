package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

const (
	scrapeInterval = time.Second
	// resumeWithin bounds the time from a new key file to the first sample delivered with it.
	resumeWithin = 15 * time.Second
	// noGap is more than a late scrape takes and less than a lost one leaves.
	noGap = 2*scrapeInterval - scrapeInterval/10
)

var keyWriters = map[string]harness.KeyWriter{
	"written in place":     harness.WriteInPlace,
	"renamed over":         harness.RenameOver,
	"removed and created":  harness.RemoveAndCreate,
	"Kubernetes data swap": harness.SwapSymlink,
}

// rotation is a collector that delivers a real node_exporter's metrics to a real Prometheus while its pair changes.
type rotation struct {
	*testing.T
	prometheus *harness.Prometheus
	collector  *harness.Collector
	up         string // selects the one series that every scrape adds a sample to
	write      func(harness.AccessKey)
	old, next  harness.AccessKey
}

func startRotation(t *testing.T, write harness.KeyWriter) *rotation {
	t.Helper()
	r := &rotation{T: t, old: harness.NewAccessKey(), next: harness.NewAccessKey()}
	exporter := startNodeExporter(t, "")
	r.prometheus = startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{r.old}})
	dir := collectorDirectory(t, r.old, exporter)
	path := filepath.Join(dir, "mounted", "accesskey.json")
	require.NoError(t, makeParent(path))
	r.write = func(key harness.AccessKey) { require.NoError(t, write(path, key)) }
	r.write(r.old)
	r.collector = startCollector(t, harness.CollectorSettings{
		Config:         "agent.yaml",
		Directory:      dir,
		AccessKeyFile:  path,
		RemoteWriteURL: r.prometheus.RemoteWriteURL(),
		Env:            []string{fastScrapes},
	})
	r.up = fmt.Sprintf("up{instance=%q}", exporter.Address)
	until(t, "samples arrive with the first pair", r.arrivesAfter(time.Time{}, 3))
	return r
}

// arrivesAfter holds when n samples taken after a moment are stored.
func (r *rotation) arrivesAfter(moment time.Time, n int) func(context.Context) error {
	return func(ctx context.Context) error {
		times, err := sampleTimes(ctx, r.prometheus, r.up)
		if err != nil {
			return err
		}
		for i, at := range times {
			if at.After(moment) && i+n <= len(times) {
				return nil
			}
		}
		return fmt.Errorf("of %d samples, fewer than %d are of later than %s", len(times), n, moment.Format(time.TimeOnly))
	}
}

// silentFor holds when the newest sample is older than this.
func (r *rotation) silentFor(duration time.Duration) func(context.Context) error {
	return func(ctx context.Context) error {
		last, err := newest(ctx, r.prometheus, r.up)
		if err == nil && time.Since(last) < duration {
			err = fmt.Errorf("a sample is %s old", time.Since(last))
		}
		return err
	}
}

// gap reports, and returns, the longest time without a sample.
func (r *rotation) gap() time.Duration {
	r.Helper()
	times, err := sampleTimes(deadline(r.T, patience), r.prometheus, r.up)
	require.NoError(r, err)
	widest := widestGap(times)
	r.Logf("%d samples, %s apart, longest time between two: %s", len(times), scrapeInterval, widest)
	return widest
}

// stillRunning fails when the collector was restarted or has ended.
func (r *rotation) stillRunning() {
	r.Helper()
	select {
	case <-r.collector.Done():
		r.Fatal("the collector has ended")
	default:
	}
	assert.Empty(r, r.old.Leaks(r.collector.Output.String()))
	assert.Empty(r, r.next.Leaks(r.collector.Output.String()))
}

// The old pair stops working before the new one is in the file: delivery resumes by itself.
func TestDeliveryResumesAfterThePairIsReplaced(t *testing.T) {
	for name, write := range keyWriters {
		t.Run(name, func(t *testing.T) {
			r := startRotation(t, write)
			require.NoError(t, r.prometheus.Accept(r.next))
			waitForLine(t, r.collector, refusedLine)
			until(t, "delivery has stopped", r.silentFor(3*scrapeInterval))
			r.write(r.next)
			replaced := time.Now()
			require.NoError(t, harness.Until(deadline(t, resumeWithin), "delivery resumes", r.arrivesAfter(replaced, 1)))
			t.Logf("delivery resumed %s after the key file was replaced", time.Since(replaced).Round(time.Millisecond))
			until(t, "delivery goes on", r.arrivesAfter(replaced, 3))
			r.gap()
			r.stillRunning()
		})
	}
}

// The recommended order: both pairs are valid, the file changes, the old pair goes. The old one goes at once here, so the
// collector may still be sending with it.
func TestNoSampleIsLostWhileBothPairsAreValid(t *testing.T) {
	for name, write := range keyWriters {
		t.Run(name, func(t *testing.T) {
			r := startRotation(t, write)
			require.NoError(t, r.prometheus.Accept(r.next, r.old))
			r.write(r.next)
			require.NoError(t, r.prometheus.Accept(r.next))
			until(t, "samples arrive with the new pair", r.arrivesAfter(time.Now(), 5))
			assert.Less(t, r.gap(), noGap)
			r.stillRunning()
		})
	}
}

// The file changes too early: the service does not accept the new pair yet. The old one carries delivery on.
func TestNoSampleIsLostWhenTheNewPairIsNotYetAccepted(t *testing.T) {
	r := startRotation(t, harness.RenameOver)
	r.write(r.next)
	until(t, "samples arrive while the new pair is refused", r.arrivesAfter(time.Now(), 5))
	require.NoError(t, r.prometheus.Accept(r.next))
	until(t, "samples arrive with the new pair", r.arrivesAfter(time.Now(), 5))
	assert.Less(t, r.gap(), noGap)
	r.stillRunning()
}

// A half-written or emptied file is not a new pair.
func TestABrokenKeyFileKeepsTheLastPair(t *testing.T) {
	r := startRotation(t, func(path string, key harness.AccessKey) error {
		if key.Secret == "" {
			return writeFile(path, key.ID)
		}
		return harness.WriteInPlace(path, key)
	})
	for _, content := range []string{"", `{"AccessKeyId": "` + r.next.ID} {
		r.write(harness.AccessKey{ID: content})
		until(t, "samples arrive in spite of a broken file", r.arrivesAfter(time.Now(), 3))
	}
	require.NoError(t, r.prometheus.Accept(r.next, r.old))
	r.write(r.next)
	require.NoError(t, r.prometheus.Accept(r.next))
	until(t, "samples arrive with the new pair", r.arrivesAfter(time.Now(), 3))
	assert.Less(t, r.gap(), noGap)
	r.stillRunning()
}
