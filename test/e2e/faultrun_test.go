package e2e

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// faultRun is a gateway under load, in front of an endpoint made up for faults. What is pushed and acknowledged must arrive.
type faultRun struct {
	t         *testing.T
	key       harness.AccessKey
	settings  harness.CollectorSettings
	endpoint  *harness.Endpoint
	ledger    *harness.Ledger
	collector *harness.Collector
	push      *harness.Push
}

// quick makes an exporter whose times suit a test.
var quick = []string{
	harness.ExporterSetting("queue_config::batch_send_deadline", "100ms"),
	harness.ExporterSetting("queue_config::min_backoff", "50ms"),
	harness.ExporterSetting("queue_config::max_backoff", "500ms"),
	harness.ExporterSetting("queue_config::min_shards", 4),
	harness.ExporterSetting("queue_config::max_samples_per_send", 100),
	harness.ExporterSetting("queue_config::capacity", 200),
}

// unwatched keeps a gateway from delivering its own metrics beside those that are counted.
const unwatched = "yaml:receivers::prometheus_scrape::config::scrape_configs: [{job_name: nothing}]"

const (
	faultSeries = 200
	faultStep   = 50 * time.Millisecond
)

// startFaultRun starts them, with 200 series every 50 ms.
func startFaultRun(t *testing.T, overrides ...string) *faultRun {
	t.Helper()
	f := &faultRun{t: t, key: harness.NewAccessKey(), endpoint: harness.StartEndpoint(nil)}
	t.Cleanup(f.endpoint.Close)
	f.endpoint.Keep(100)
	f.ledger = f.endpoint.Record()
	f.settings = harness.CollectorSettings{
		Config: "gateway.yaml", Directory: collectorDirectory(t, f.key, nil), RemoteWriteURL: f.endpoint.URL, Reloads: true,
		Overrides: append(append([]string{unwatched}, quick...), overrides...),
	}
	f.collector = startCollector(t, f.settings)
	f.push = harness.StartPush(t.Context(), f.collector.OTLPURL, faultSeries, faultStep)
	return f
}

func (f *faultRun) books() harness.Books {
	f.t.Helper()
	books, err := f.collector.Books(deadline(f.t, patience), harness.DefaultExporter)
	require.NoError(f.t, err)
	require.NoError(f.t, books.Balanced())
	return books
}

// arrives waits until n more samples were accepted by the endpoint.
func (f *faultRun) arrives(n uint64) {
	f.t.Helper()
	target := f.ledger.Totals().Accepted + n
	until(f.t, fmt.Sprintf("%d more samples arrive", n), func(context.Context) error {
		if got := f.ledger.Totals().Accepted; got < target {
			return fmt.Errorf("%d of %d", got, target)
		}
		return nil
	})
}

// attempted waits until the endpoint has seen n more requests.
func (f *faultRun) attempted(n int) {
	f.t.Helper()
	target := f.endpoint.Count() + n
	until(f.t, fmt.Sprintf("%d more requests", n), func(context.Context) error {
		if got := f.endpoint.Count(); got < target {
			return fmt.Errorf("%d of %d", got, target)
		}
		return nil
	})
}

// logged waits for a line of the collector's log.
func (f *faultRun) logged(text string) {
	f.t.Helper()
	until(f.t, "the log says "+text, func(context.Context) error {
		if !strings.Contains(f.collector.Output.String(), text) {
			return errors.New("not yet")
		}
		return nil
	})
}

// settled is how a run ended.
type settled struct {
	harness.Books
	harness.Totals
	pushed harness.Pushed
}

// settle stops the load, waits until nothing is queued, and checks what holds after every fault: the books balance, nothing
// is out of order, and every acknowledged sample has arrived but for those that were dropped.
func (f *faultRun) settle() settled {
	f.t.Helper()
	pushed, err := f.push.Finish(deadline(f.t, patience))
	require.NoError(f.t, err)
	until(f.t, "nothing is queued", func(ctx context.Context) error {
		books, err := f.collector.Books(ctx, harness.DefaultExporter)
		if err == nil && books.Queued > 0 {
			err = fmt.Errorf("%v", books)
		}
		return err
	})
	s := settled{Books: f.books(), Totals: f.ledger.Totals(), pushed: pushed}
	f.t.Logf("| %s | accepted %d | recovered %d | delivered %d | dropped %v | queued %d | repeated %d | out of order %d |",
		f.t.Name(), s.Books.Accepted, s.Recovered, s.Delivered, s.Dropped, s.Queued, s.Repeated, s.OutOfOrder)
	assert.Zero(f.t, s.OutOfOrder, f.ledger.Findings())
	assert.Zero(f.t, s.Conflicting, f.ledger.Findings())
	assert.NotZero(f.t, pushed.Acknowledged)
	return s
}

// complete is settle where nothing may be dropped.
func (f *faultRun) complete() settled {
	f.t.Helper()
	s := f.settle()
	assert.Empty(f.t, s.Dropped)
	assert.Equal(f.t, s.pushed.Acknowledged, s.Distinct(), "every acknowledged sample has arrived")
	return s
}
