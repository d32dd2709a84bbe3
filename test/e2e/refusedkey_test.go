package e2e

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// What is logged when an endpoint accepts no known pair: by managed_prometheus, or by the authenticator for other exporters.
const (
	blockedMessage = "Delivery is blocked: the endpoint rejects every request"
	refusedMessage = "AccessKey pair refused by the endpoint"
)

var refusedLine = regexp.MustCompile(`\berror\b.*(` + refusedMessage + "|" + blockedMessage + ")")

func TestARefusedPairIsExplained(t *testing.T) {
	for _, config := range []string{"standard.yaml", "agent.yaml", "quickstart.yaml"} {
		t.Run(config, func(t *testing.T) {
			right, wrong := harness.NewAccessKey(), harness.NewAccessKey()
			prometheus := startPrometheus(t, harness.PrometheusSettings{Users: []harness.AccessKey{right}})
			exporter := startNodeExporter(t, "")
			settings := harness.CollectorSettings{
				Config:         config,
				Overrides:      []string{"yaml:service::telemetry::logs::level: debug"},
				Directory:      collectorDirectory(t, wrong, exporter),
				RemoteWriteURL: prometheus.RemoteWriteURL(),
				Env:            []string{fastScrapes},
			}
			validated, err := harness.RunCollector(deadline(t, patience), settings, "validate")
			require.NoError(t, err, validated)
			collector := startCollector(t, settings)
			line := waitForLine(t, collector, refusedLine)
			t.Log(line)
			assert.Contains(t, line, prometheus.RemoteWriteURL(), "names the endpoint")
			assert.Contains(t, line, "401", "names the answer")
			assert.Contains(t, line, wrong.ID[:4]+"*", "names the pair")
			assert.NotContains(t, line, wrong.ID, "masks the pair")
			assert.Regexp(t, "wrong AccessKey ID or secret|without permission", line, "names the cause")
			assert.Regexp(t, "remedy.*(check|replace|RAM console)", line, "names the remedy")

			metrics, err := harness.Fetch(deadline(t, patience), collector.MetricsURL)
			require.NoError(t, err)
			collector.Stop()
			assert.Len(t, refusedLine.FindAllString(collector.Output.String(), -1), 1, "once")
			assert.Empty(t, wrong.Leaks(validated), "validate prints the secret")
			assert.Empty(t, wrong.Leaks(metrics), "the metrics contain the secret")
			assert.Empty(t, wrong.Leaks(collector.Output.String()), "the log contains the secret")
		})
	}
}

// What an answer says decides about cause and remedy.
func TestTheAnswerDecidesAboutCauseAndRemedy(t *testing.T) {
	for name, test := range map[string]struct{ body, cause string }{
		"disabled":      {`{"errorCode":"Unauthorized","errorMessage":"AccessKeyId is disabled"}`, "disabled"},
		"no permission": {`{"errorCode":"Unauthorized","errorMessage":"denied by sts or ram"}`, "permission"},
		"overdue":       {`{"errorCode":"Unauthorized","errorMessage":"The account is overdue"}`, "overdue"},
	} {
		t.Run(name, func(t *testing.T) {
			collector, _ := startRefused(t, func(harness.Received) string { return test.body })
			assert.Contains(t, waitForLine(t, collector, refusedLine), test.cause)
		})
	}
}

// An endpoint, or a proxy before it, that repeats the request in its answer does not bring the secret into the log, neither
// by way of the authenticator nor of the exporter.
func TestAnEchoedKeyIsNotLogged(t *testing.T) {
	collector, key := startRefused(t, func(r harness.Received) string {
		_, secret, _ := (&http.Request{Header: r.Header}).BasicAuth()
		return "refused: Authorization: " + r.Header.Get("Authorization") + ", secret " + secret
	})
	waitForLine(t, collector, refusedLine)
	waitForLine(t, collector, regexp.MustCompile(blockedMessage))
	assert.Empty(t, key.Leaks(collector.Output.String()))
}

// startRefused starts a collector whose every request is answered with 401 and a text.
func startRefused(t *testing.T, text func(harness.Received) string) (*harness.Collector, harness.AccessKey) {
	t.Helper()
	key := harness.NewAccessKey()
	endpoint := harness.StartEndpoint(nil)
	t.Cleanup(endpoint.Close)
	endpoint.Answer(func(_ int, r harness.Received) harness.Answer {
		return harness.Answer{Status: http.StatusUnauthorized, Body: text(r)}
	})
	return startCollector(t, harness.CollectorSettings{
		Config:         "quickstart.yaml",
		Directory:      collectorDirectory(t, key, nil),
		RemoteWriteURL: endpoint.URL,
	}), key
}

func waitForLine(t *testing.T, collector *harness.Collector, pattern *regexp.Regexp) string {
	t.Helper()
	var line string
	require.NoError(t, collector.Until(deadline(t, patience), "the log says "+pattern.String(), func(context.Context) error {
		var found bool
		if line, found = collector.Output.Line(pattern); !found {
			return errors.New("not logged yet")
		}
		return nil
	}))
	return line
}
