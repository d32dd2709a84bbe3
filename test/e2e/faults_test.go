package e2e

import (
	"encoding/base64"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// Faults that pass: everything arrives, once.
func TestFaultsThatPass(t *testing.T) {
	accept := harness.Policy(harness.Accept)
	quota := `{"status":"error","errorType":"quota","slsStatus":{"retryPolicy":"Continuous","errorCode":"WriteQuotaExceed"}}`
	for name, fault := range map[string]harness.Policy{
		"403 quota":           harness.Always(harness.Answer{Status: http.StatusForbidden, Body: quota}),
		"429":                 harness.Always(harness.Answer{Status: http.StatusTooManyRequests}),
		"500":                 harness.Always(harness.Answer{Status: http.StatusInternalServerError}),
		"503":                 harness.Always(harness.Answer{Status: http.StatusServiceUnavailable}),
		"reset":               harness.Always(harness.Answer{Fault: harness.Reset}),
		"half-closed":         harness.Always(harness.Answer{Fault: harness.HalfClose}),
		"garbage":             harness.Always(harness.Answer{Fault: harness.Garbage}),
		"413 over 30 samples": harness.LimitSamples(30),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFaultRun(t, harness.ExporterSetting("http::timeout", "2s"))
			f.arrives(1000)
			f.endpoint.Answer(fault)
			f.attempted(20)
			f.endpoint.Answer(accept)
			assert.Zero(t, f.complete().Repeated)
		})
	}
}

// Faults after which nobody can know whether the samples were taken: they are sent again, nothing else is.
func TestFaultsThatHideTheAnswer(t *testing.T) {
	for name, fault := range map[string]harness.Answer{
		"taken, then reset":       {Applied: true, Fault: harness.Reset},
		"taken, then half-closed": {Applied: true, Fault: harness.HalfClose},
		"taken, no answer":        {Applied: true, Gate: harness.NewGate()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFaultRun(t, harness.ExporterSetting("http::timeout", "1s"))
			f.arrives(1000)
			f.endpoint.Answer(harness.First(4, harness.Always(fault), harness.Accept))
			f.attempted(20)
			f.endpoint.Answer(harness.Accept)
			s := f.complete()
			assert.NotZero(t, s.Repeated)
			assert.LessOrEqual(t, s.Repeated, uint64(4*100), "four requests")
		})
	}
}

// A status that is seen counts, even when the rest of the answer is cut off.
func TestACutOffAnswerStands(t *testing.T) {
	f := startFaultRun(t)
	f.endpoint.Answer(harness.First(20, harness.Always(harness.Answer{Status: http.StatusOK, Body: "thank you", Applied: true, Fault: harness.CutOff}), harness.Accept))
	f.attempted(30)
	assert.Zero(t, f.complete().Repeated)
}

func TestRetryAfterIsHonoured(t *testing.T) {
	for name, answer := range map[string]func() harness.Answer{
		"seconds": func() harness.Answer { return harness.RetryAfter(http.StatusTooManyRequests, 3) },
		"a date": func() harness.Answer {
			return harness.RetryAt(http.StatusServiceUnavailable, time.Now().Add(4*time.Second))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFaultRun(t, harness.ExporterSetting("queue_config::min_shards", 1), harness.ExporterSetting("queue_config::max_shards", 1))
			f.arrives(500)
			var asked time.Time
			f.endpoint.Answer(harness.First(1, func(int, harness.Received) harness.Answer {
				asked = time.Now()
				return answer()
			}, harness.Accept))
			f.attempted(3)
			f.complete()
			for _, r := range f.endpoint.Received() {
				if r.Time.After(asked) {
					assert.GreaterOrEqual(t, r.Time.Sub(asked), 2900*time.Millisecond)
					break
				}
			}
		})
	}
}

// One series that the endpoint refuses costs only its own samples.
func TestAPoisonedSeriesIsFound(t *testing.T) {
	for name, poison := range map[string]harness.Policy{
		"nothing else of the request is taken":   harness.Poison(harness.PushedLabel, "17"),
		"the rest of the request has been taken": harness.PoisonPartly(harness.PushedLabel, "17"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFaultRun(t)
			f.endpoint.Answer(poison)
			f.arrives(3000)
			s := f.settle()
			assert.Equal(t, s.pushed.Acknowledged/faultSeries, s.Dropped["refused"], "the samples of one series of 200")
			assert.Len(t, s.Dropped, 1)
			assert.Equal(t, s.pushed.Acknowledged-s.Dropped["refused"], s.Distinct())
			assert.Contains(t, f.collector.Output.String(), "out of order sample for series", "the log shows what the endpoint said")
			f.isCritical("samples were dropped in the last 10 minutes")
			f.collector.Stop()
			assert.Equal(t, s.Dropped["refused"], f.loggedDrops("refused"), "the log has every dropped sample in the end")
		})
	}
}

// A destination that rejects every request is blocked: every sample is kept, little is sent, the log says what to do.
func TestARefusingDestinationIsHeld(t *testing.T) {
	for name, test := range map[string]struct {
		answer harness.Answer
		remedy string
	}{
		"401": {harness.Answer{Status: http.StatusUnauthorized, Body: `{"errorCode":"Unauthorized","errorMessage":"AccessKeyId is disabled"}`}, "a pair that is replaced at its source is tried at once"},
		"403": {harness.Answer{Status: http.StatusForbidden}, "AliyunPrometheusMetricWriteAccess"},
		"404": {harness.Answer{Status: http.StatusNotFound}, "copy the remote write URL"},
		"405": {harness.Answer{Status: http.StatusMethodNotAllowed}, "does not accept remote write"},
		"307": {harness.Redirect("http://127.0.0.1:1/elsewhere"), "http::endpoint"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFaultRun(t, harness.ExporterSetting("auth_probe_interval", "1s"))
			f.arrives(1000)
			f.endpoint.Answer(harness.Always(test.answer))
			f.logged(blockedMessage)
			f.logged(test.remedy)
			before := f.endpoint.Count()
			f.attempted(2)
			assert.LessOrEqual(t, f.endpoint.Count()-before, 4, "probes only")
			assert.NotZero(t, f.books().Queued)
			f.endpoint.Answer(harness.Accept)
			assert.Zero(t, f.complete().Repeated)
			f.logged("Delivery works again")
			f.logged("Caught up: what waited in the outage has been sent")
		})
	}
}

// A new key ends the hold at once: the probe interval is an hour.
func TestANewKeyEndsTheHold(t *testing.T) {
	f := startFaultRun(t, harness.ExporterSetting("auth_probe_interval", "1h"))
	f.arrives(1000)
	second := harness.NewAccessKey()
	authorization := "Basic " + base64.StdEncoding.EncodeToString([]byte(second.ID+":"+second.Secret))
	f.endpoint.Answer(func(_ int, r harness.Received) harness.Answer {
		if r.Header.Get("Authorization") == authorization {
			return harness.Answer{Status: http.StatusNoContent}
		}
		return harness.Answer{Status: http.StatusUnauthorized}
	})
	f.logged(blockedMessage)
	queued := f.books().Queued
	require.NoError(t, harness.WriteInPlace(filepath.Join(f.settings.Directory, "accesskey.json"), second))
	f.arrives(queued)
	assert.Zero(t, f.complete().Repeated)
}

func TestRemoteWrite2(t *testing.T) {
	v2 := harness.ExporterSetting("protobuf_message", "io.prometheus.write.v2.Request")
	t.Run("spoken", func(t *testing.T) {
		f := startFaultRun(t, v2)
		f.arrives(3000)
		assert.Zero(t, f.complete().Repeated)
		assert.True(t, f.endpoint.Received()[0].V2)
	})
	for name, policy := range map[string]harness.Policy{"refused": harness.RefuseV2, "not understood": harness.IgnoreV2} {
		t.Run(name, func(t *testing.T) {
			f := startFaultRun(t, v2)
			f.endpoint.Answer(policy)
			f.arrives(3000)
			assert.Zero(t, f.complete().Repeated)
			f.logged("delivery continues with 1.0")
		})
	}
}
