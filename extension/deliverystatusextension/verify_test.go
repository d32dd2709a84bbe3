package deliverystatusextension

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/msp-collector/msp-collector/components/status"
)

const patience = 30 * time.Second

// asked is a destination that answers queries as told.
type asked struct {
	*httptest.Server
	code  atomic.Int64
	body  atomic.Value
	query atomic.Value
	time  atomic.Value
	since atomic.Int64 // queries with that time
}

func newAsked(t *testing.T, code int, body string) *asked {
	t.Helper()
	a := &asked{}
	a.code.Store(int64(code))
	a.body.Store(body)
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.query.Store(r.URL.Path + " " + r.URL.Query().Get("query"))
		if at := r.URL.Query().Get("time"); a.time.Swap(at) != at {
			a.since.Store(0)
		}
		a.since.Add(1)
		w.WriteHeader(int(a.code.Load()))
		_, _ = w.Write([]byte(a.body.Load().(string)))
	}))
	t.Cleanup(a.Close)
	return a
}

func found(at time.Time) string {
	return fmt.Sprintf(`{"status":"success","data":{"resultType":"vector","result":[{"metric":{"job":"x"},"value":[1,"%.3f"]}]}}`, float64(at.UnixMilli())/1e3)
}

// startLooking starts an extension whose pipelines run.
func startLooking(t *testing.T, change func(*Config)) *rig {
	t.Helper()
	r := start(t, change, componenttest.NewNopHost())
	require.NoError(t, r.Ready())
	return r
}

func verifying(url string) func(*Config) {
	return func(c *Config) {
		c.Verify = configoptional.Some(VerifyConfig{QueryURL: url, Interval: time.Second})
	}
}

func delivered(at time.Time) status.Destination {
	return status.Destination{Delivered: 1, Delivery: &status.Delivery{
		Labels: [][2]string{{"__name__", "up"}, {"a.b", `c"d`}, {"job", "x"}}, Time: at, At: time.Now(),
	}}
}

func (r *rig) arrivalIs(t *testing.T, state string) *arrival {
	t.Helper()
	require.Eventually(t, func() bool { return r.verifier.last().State == state }, patience, 10*time.Millisecond, "%+v", r.verifier.last())
	return r.verifier.last()
}

func TestArrivalIsVerified(t *testing.T) {
	at := time.Now().Add(-3 * time.Second)
	destination := newAsked(t, 200, found(at))
	r := startLooking(t, verifying(destination.URL+"/prometheus/p/m"))
	require.Equal(t, arrivalWaiting, r.verifier.last().State)
	r.tells(t, "one", delivered(at))
	arrived := r.arrivalIs(t, arrivalArrived)
	require.Equal(t, `/prometheus/p/m/api/v1/query timestamp({__name__="up","a.b"="c\"d",job="x"})`, destination.query.Load())
	require.InDelta(t, 3, float64(arrived.Delay), 5)
	_, text := r.get(t, "/")
	require.Contains(t, text, "was found at the destination")
	delay, err := r.tel.GetMetric(metricPrefix + "arrival_delay")
	require.NoError(t, err)
	require.Len(t, delay.Data.(metricdata.Gauge[float64]).DataPoints, 1)

	destination.code.Store(401)
	refused := r.arrivalIs(t, arrivalFailed)
	require.Equal(t, "source_not_allowed", refused.Diagnosis.Reason, "there is no pair")
	require.Contains(t, refused.Diagnosis.Remedy, "verify::auth::authenticator")
	require.NotEmpty(t, r.logs.FilterField(reasonField("source_not_allowed")).All())
	verified, err := r.tel.GetMetric(metricPrefix + "arrival_verified")
	require.NoError(t, err)
	require.Zero(t, verified.Data.(metricdata.Gauge[int64]).DataPoints[0].Value)
}

// A sample that is older than the one that was delivered is not the one.
func TestArrivalIsWaitedFor(t *testing.T) {
	at := time.Now()
	destination := newAsked(t, 200, found(at.Add(-time.Minute)))
	r := startLooking(t, verifying(destination.URL))
	r.tells(t, "one", delivered(at))
	require.Eventually(t, func() bool { return r.verifier.last().Series != "" }, patience, 10*time.Millisecond)
	require.Equal(t, arrivalWaiting, r.verifier.last().State)
	destination.body.Store(found(at))
	r.arrivalIs(t, arrivalArrived)
}

func TestArrivalThatFails(t *testing.T) {
	longAgo := delivered(time.Now())
	longAgo.Delivery.At = time.Now().Add(-2 * arrivesWithin)
	for name, row := range map[string]struct {
		body   string
		tells  status.Destination
		reason string
	}{
		"never found": {`{"status":"success","data":{"result":[]}}`, longAgo, "not_found"},
		"no PromQL":   {`<html>`, delivered(time.Now()), "wrong_url"},
		"odd value":   {`{"status":"success","data":{"result":[{"value":[1,"x"]}]}}`, delivered(time.Now()), "wrong_url"},
	} {
		t.Run(name, func(t *testing.T) {
			r := startLooking(t, verifying(newAsked(t, 200, row.body).URL))
			r.tells(t, "one", row.tells)
			require.Equal(t, row.reason, r.arrivalIs(t, arrivalFailed).Diagnosis.Reason)
		})
	}
}

func TestWhichDestinationIsVerified(t *testing.T) {
	at := time.Now()
	destination := newAsked(t, 200, found(at))
	r := startLooking(t, verifying(destination.URL))
	r.tells(t, "one", delivered(at))
	r.tells(t, "two", delivered(at))
	require.Contains(t, r.arrivalIs(t, arrivalFailed).Text, "verify::exporter")

	named := start(t, func(c *Config) {
		verifying(destination.URL)(c)
		c.Verify.Get().Exporter = id("two")
	}, componenttest.NewNopHost())
	named.tells(t, "one", status.Destination{})
	named.tells(t, "two", delivered(at))
	require.NoError(t, named.Ready())
	named.arrivalIs(t, arrivalArrived)
	require.Empty(t, named.logs.FilterMessageSnippet("is no managed_prometheus").All(), "before it was there, it was not missed")
}

// prometheusLike answers as Prometheus does: a query sees the five minutes before its time.
func prometheusLike(t *testing.T, sample time.Time) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := time.Now()
		if text := r.URL.Query().Get("time"); text != "" {
			unix, err := strconv.ParseFloat(text, 64)
			if err != nil {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			at = time.UnixMilli(int64(unix*1e3 + 0.5))
		}
		if sample.After(at) || at.Sub(sample) > 5*time.Minute {
			_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"vector","result":[]}}`)
			return
		}
		_, _ = io.WriteString(w, found(sample))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// What is delivered after an outage is found, though it is older than a query sees.
func TestLateArrivalIsVerified(t *testing.T) {
	at := time.UnixMilli(time.Now().Add(-time.Hour).UnixMilli()) // as samples have it
	r := startLooking(t, verifying(prometheusLike(t, at)))
	late := delivered(at)
	late.Delivery.At = time.Now().Add(-2 * arrivesWithin) // and nothing since
	r.tells(t, "one", late)
	require.InDelta(t, 3600, float64(r.arrivalIs(t, arrivalArrived).Delay), 30)
}

// Samples that never arrive are a failure without a pause: an alert waits for ten minutes of it.
func TestAFailureStaysWhileTheNextSampleIsLookedFor(t *testing.T) {
	destination := newAsked(t, 200, `{"status":"success","data":{"result":[]}}`)
	r := startLooking(t, verifying(destination.URL))
	var last atomic.Pointer[status.Destination]
	old := delivered(time.Now())
	old.Delivery.At = time.Now().Add(-2 * arrivesWithin)
	last.Store(&old)
	t.Cleanup(r.Register(id("one"), status.Report{Destination: func() status.Destination { return *last.Load() }}))
	r.arrivalIs(t, arrivalFailed)
	next := delivered(time.Now())
	last.Store(&next)
	wanted := strconv.FormatFloat(float64(next.Delivery.Time.UnixMilli())/1e3, 'f', 3, 64)
	require.Eventually(t, func() bool { return destination.time.Load() == wanted && destination.since.Load() > 1 }, patience, 10*time.Millisecond, "the next one is looked for, again and again")
	require.Equal(t, arrivalFailed, r.verifier.last().State)
	verified, err := r.tel.GetMetric(metricPrefix + "arrival_verified")
	require.NoError(t, err)
	require.Zero(t, verified.Data.(metricdata.Gauge[int64]).DataPoints[0].Value)
	destination.body.Store(found(next.Delivery.Time))
	r.arrivalIs(t, arrivalArrived)
}

// FuzzNewestOf finds no answer that stops the collector.
func FuzzNewestOf(f *testing.F) {
	f.Add([]byte(found(time.Now())))
	f.Add([]byte(`{"status":"success","data":{"result":[{"value":[1,"NaN"]}]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		newest, err := newestOf(body)
		require.False(t, err != nil && newest.After(time.Now().AddDate(1000, 0, 0)))
	})
}
