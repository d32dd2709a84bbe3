package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

const senderRefused = "Sender refused. Its further requests are counted and not logged"

// A sender whose password is wrong gets 401 and throws its samples away. The gateway names it once in
// the log and on the status page, by remote write and by OTLP, and says what is wrong.
func TestARefusedSenderIsSeen(t *testing.T) {
	right, stranger := harness.NewAccessKey(), harness.NewAccessKey()
	wrong := harness.AccessKey{ID: right.ID, Secret: stranger.Secret}
	g := newGuardedGateway(t, "http", right)
	g.settings.Overrides = append(g.settings.Overrides,
		"yaml:service::extensions: [delivery_status, health_check, accesskey_auth, accesskey_auth/clients]",
		"yaml:receivers::remote_write::http::auth::authenticator: accesskey_auth/clients")
	g.Collector = startCollector(t, g.settings)

	series := []prompb.TimeSeries{harness.SeriesOf(time.Now().UnixMilli(), 1, "__name__", "refused")}
	for range 3 {
		reply, err := harness.Write(deadline(t, patience), http.DefaultClient, g.WriteURL, wrong, series)
		require.NoError(t, err)
		require.Equal(t, http.StatusUnauthorized, reply.Status)
		status, err := g.push(deadline(t, patience), wrong)
		require.NoError(t, err)
		require.Equal(t, http.StatusUnauthorized, status)
	}
	_, err := g.push(deadline(t, patience), stranger)
	require.NoError(t, err)

	until(t, "both are logged", func(context.Context) error {
		if strings.Count(g.Output.String(), senderRefused) < 2 {
			return errors.New("not yet")
		}
		return nil
	})
	output := g.Output.String()
	assert.Equal(t, 2, strings.Count(output, senderRefused), "once for each id and address, over both receivers")
	for _, want := range []string{`"reason": "wrong_secret"`, `"reason": "unknown_id"`, `"address": "127.0.0.1"`, maskedID(right), maskedID(stranger), g.file} {
		assert.Contains(t, output, want)
	}
	for _, line := range strings.Split(output, "\n") {
		if strings.Contains(line, senderRefused) {
			t.Log(line)
		}
	}
	shown, err := harness.Fetch(deadline(t, patience), g.StatusURL+"/api/v1/status")
	require.NoError(t, err)
	var status struct {
		RefusedSenders []struct {
			ID       string
			Requests int
			Senders  []struct {
				ID, Address, Reason, Remedy string
				Requests                    int
			}
		} `json:"refused_senders"`
	}
	require.NoError(t, json.Unmarshal([]byte(shown), &status))
	found := map[string]int{}
	for _, one := range status.RefusedSenders {
		for _, sender := range one.Senders {
			found[sender.ID+" at "+sender.Address] = sender.Requests
			assert.NotEmpty(t, sender.Remedy)
		}
	}
	assert.Equal(t, map[string]int{maskedID(right) + " at 127.0.0.1": 6, maskedID(stranger) + " at 127.0.0.1": 1}, found)
	metrics, err := harness.Fetch(deadline(t, patience), g.MetricsURL)
	require.NoError(t, err)
	assert.Regexp(t, `otelcol_extension_accesskey_auth_server_requests\{[^}]*reason="wrong_secret"[^}]*\} 6\n`, metrics)
	g.Stop()
	assert.Empty(t, append(right.Leaks(g.Output.String()+shown), stranger.Leaks(g.Output.String()+shown)...))
}

// maskedID is an AccessKey ID as logs and the status page show it.
func maskedID(key harness.AccessKey) string { return key.ID[:4] + "****" + key.ID[len(key.ID)-4:] }
