package deliverystatusextension

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"

	"github.com/msp-collector/msp-collector/components/diagnosis"
	"github.com/msp-collector/msp-collector/components/status"
)

// fine is what is shown of a collector that nothing is wrong with.
func fine() *snapshot {
	now := time.Now()
	d := status.Destination{State: status.Delivering, Accepted: 10, Delivered: 10, Answer: &status.Answer{Status: 204, At: now}}
	return &snapshot{
		phase: running, Ready: true, Collector: collector{Now: now},
		Destinations: []destination{{ID: "managed_prometheus", Destination: d, now: now}},
		Receivers:    []receiver{{ID: "prometheus_scrape", Receiver: status.Receiver{Jobs: []status.Job{{Name: "node", Up: 2}}}}},
	}
}

func TestVerdict(t *testing.T) {
	require.Equal(t, verdict{levelOK, "Samples are delivered as they come in.", []concern{}}, judge(fine()))
	for want, row := range map[string]struct {
		level  level
		change func(*snapshot)
	}{
		"managed_prometheus: 12,120 samples were dropped in the last 10 minutes, the last 1 min ago.": {levelCritical, func(s *snapshot) {
			s.Destinations[0].DroppedRecently, s.Destinations[0].LastDropped = 12120, s.Collector.Now.Add(-time.Minute)
		}},
		"managed_prometheus: delivery is blocked: the endpoint rejects every request, because the URL is wrong.": {levelCritical, func(s *snapshot) {
			s.Destinations[0].State, s.Destinations[0].Diagnosis = status.Held, &diagnosis.Finding{Cause: "the URL is wrong", Remedy: "copy the URL"}
		}},
		"managed_prometheus: delivery is blocked: the endpoint rejects the AccessKey pair.": {levelCritical, func(s *snapshot) {
			s.Destinations[0].State, s.Destinations[0].Pair = status.Held, &status.Pair{State: status.PairRefused}
		}},
		"managed_prometheus: requests to the endpoint fail and are retried.": {levelCritical, func(s *snapshot) { s.Destinations[0].State = status.Down }},
		"managed_prometheus: delivery works, but more samples come in than go out: 5 samples are queued. If the destination can accept more, raise queue_config::max_shards.": {levelWarning, func(s *snapshot) {
			s.Destinations[0].State, s.Destinations[0].Queued = status.Behind, 5
		}},
		"managed_prometheus: no request has been answered yet.": {levelUnknown, func(s *snapshot) { s.Destinations[0].Answer, s.Destinations[0].Queued = nil, 5 }},
		"managed_prometheus: no sample has come in yet.":        {levelUnknown, func(s *snapshot) { s.Destinations[0].Accepted, s.Destinations[0].Delivered = 0, 0 }},
		"managed_prometheus: the AccessKey pair is older than 90 d.": {levelWarning, func(s *snapshot) {
			s.Destinations[0].Pair = &status.Pair{Age: 91 * 24 * 3600, MaxAge: 90 * 24 * 3600}
		}},
		"Job node: all targets are down, 2 of 3.":                     {levelCritical, func(s *snapshot) { s.Receivers[0].Jobs[0] = status.Job{Name: "node", Down: 2, Unknown: 1} }},
		"Job node: 1 of 3 targets are down.":                          {levelWarning, func(s *snapshot) { s.Receivers[0].Jobs[0].Down = 1 }},
		"prometheus_scrape refused 7 samples in the last 10 minutes.": {levelWarning, func(s *snapshot) { s.Receivers[0].RefusedRecently = 7 }},
		"accesskey_auth/clients refuses senders, the last 1 min ago: team****x from 10.0.0.7, the secret is wrong.": {levelWarning, func(s *snapshot) {
			s.RefusedSenders = []refusedSenders{{"accesskey_auth/clients", status.RefusedSenders{Requests: 1, Last: s.Collector.Now.Add(-time.Minute),
				Senders: []status.RefusedSender{{ID: "team****x", Address: "10.0.0.7", Reason: "the secret is wrong"}}}}}
		}},
		"The changed configuration was refused 2 min ago, and the one before it is in use: line 3: unknown key.": {levelCritical, func(s *snapshot) {
			s.Reload = status.Reload{Refused: true, Error: "line 3: unknown key", Since: s.Collector.Now.Add(-2 * time.Minute)}
		}},
		"managed_prometheus cannot keep samples: the log is full.": {levelCritical, func(s *snapshot) {
			s.Ready, s.ReadyReason = false, "managed_prometheus cannot keep samples: the log is full"
		}},
		"5 samples of managed_prometheus/old are in a write-ahead log that no exporter delivers.": {levelWarning, func(s *snapshot) {
			s.OrphanedLogs = []status.OrphanedLog{{Exporter: "managed_prometheus/old", Samples: 5}}
		}},
		"The pipelines are being started.": {levelUnknown, func(s *snapshot) {
			s.Ready, s.ReadyReason, s.phase = false, "the pipelines are being started", starting
		}},
		"A sample delivered 6 min ago cannot be found by a query.": {levelWarning, func(s *snapshot) {
			s.Arrival = &arrival{State: arrivalFailed, Text: "A sample delivered 6 min ago cannot be found by a query."}
		}},
		"No managed_prometheus exporter is in a pipeline, and other exporters do not report their delivery.": {levelUnknown, func(s *snapshot) { s.Destinations = nil }},
	} {
		s := fine()
		row.change(s)
		v := judge(s)
		assert.Equal(t, row.level, v.Level, want)
		assert.Equal(t, want, v.Text)
	}
}

// What is over for ten minutes does not count, and the worst counts first.
func TestTheWorstDecides(t *testing.T) {
	s := fine()
	s.RefusedSenders = []refusedSenders{{"x", status.RefusedSenders{Requests: 5, Last: s.Collector.Now.Add(-recently - time.Second)}}}
	require.Equal(t, levelOK, judge(s).Level)
	s.Receivers[0].Jobs[0].Down = 1
	s.Destinations[0].State = status.Down
	v := judge(s)
	require.Equal(t, levelCritical, v.Level)
	require.Equal(t, []level{levelCritical, levelWarning}, []level{v.Concerns[0].Level, v.Concerns[1].Level})
}

// The page is red while samples were dropped lately, over a reload as well, and its card is not green.
func TestThePageIsNotGreenWhileSamplesAreDropped(t *testing.T) {
	r := start(t, nil, componenttest.NewNopHost())
	d := fine().Destinations[0].Destination
	r.tells(t, "one", d)
	require.NoError(t, r.Ready())
	_, text := r.get(t, "/")
	require.Contains(t, text, `<section class="verdict ok"`)
	require.Contains(t, text, `href="/assets/ok.svg"`)
	require.Contains(t, text, `"card delivering"`)
	d.Dropped = []status.Loss{{Reason: "refused", Samples: 12120}}
	r.tells(t, "one", d)
	_, text = r.get(t, "/")
	for _, want := range []string{
		"<title>Critical · ", `href="/assets/critical.svg"`, `<section class="verdict critical"`, "12,120 samples were dropped in the last 10 minutes", `"card dropping"`,
		"delivering, samples dropped",
	} {
		require.Contains(t, text, want)
	}
	require.NoError(t, r.NotReady())
	r.tells(t, "one", fine().Destinations[0].Destination)
	require.NoError(t, r.Ready())
	require.Equal(t, levelCritical, r.snapshot().Verdict.Level, "a reload forgets nothing")
	_, text = r.get(t, "/api/v1/status")
	require.Contains(t, text, `"level": "critical"`)
	require.Equal(t, 200, first(r.get(t, "/assets/critical.svg")))
}

// No headline promises more than follows from the state.
func TestHeadlinesPromiseNothing(t *testing.T) {
	in := status.Seconds(90)
	d := destination{Destination: status.Destination{State: status.Held, Queued: 316, Pair: &status.Pair{State: status.PairRefused}}}
	require.Equal(t, "Delivery is blocked: the endpoint rejects the AccessKey pair. 316 samples are queued on disk and will be sent once a valid pair is configured.", headline(d))
	d.WAL = status.WAL{FullIn: &in, WhenFull: "drop_oldest"}
	require.Contains(t, headline(d), "once a valid pair is configured; the write-ahead log is full in about 1 min 30 s, then the oldest are dropped.")
	d.WAL.WhenFull = "refuse"
	require.Contains(t, headline(d), "then new samples are refused.")
}
