package alerts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

const patience = 2 * time.Minute

func deadline(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// scene is a collector in which everything goes wrong, and one that runs a prometheus.yml.
type scene struct {
	collector *harness.Collector
	dropin    *harness.Process
	dropinURL string // of its metrics
	watch     *harness.Prometheus
	exported  *exported
	keys      string
	client    harness.AccessKey // may write
	rotated   harness.AccessKey // the pair that is accepted
	lost      atomic.Bool       // the destination no longer finds what is asked for
}

func startScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{keys: t.TempDir(), client: harness.NewAccessKey(), rotated: harness.NewAccessKey(), exported: startExported(t)}
	s.writeKeys(t)
	endpoint := func(policy harness.Policy) string {
		e := harness.StartEndpoint(nil)
		e.Answer(policy)
		t.Cleanup(e.Close)
		return e.URL
	}
	down, err := harness.FreeAddress()
	require.NoError(t, err)
	config, err := filepath.Abs("testdata/scene.yaml")
	require.NoError(t, err)
	s.collector, err = harness.StartCollector(deadline(t), harness.CollectorSettings{Config: config, Directory: t.TempDir(), Env: []string{
		"SCENE_KEYS=" + s.keys,
		"SCENE_OLD=" + endpoint(harness.Accept),
		"SCENE_ROTATED=" + endpoint(s.onlyRotated),
		"SCENE_REFUSED=" + endpoint(harness.Always(harness.Answer{Status: 401, Body: `{"errorCode":"Unauthorized","errorMessage":"AccessKeyId is disabled"}`})),
		"SCENE_SLOW=" + endpoint(harness.Always(harness.Answer{Gate: harness.NewGate()})),
		"SCENE_DOWN=http://" + down + "/api/v1/write",
		"SCENE_STS=" + serve(t, s.temporaryPair),
		"SCENE_QUERY=" + serve(t, s.query),
		"SCENE_OTLP=" + s.exported.url,
	}})
	require.NoError(t, err)
	s.orphan(t)
	stopAtEnd(t, "the collector", s.collector.Process)
	return s
}

// orphan leaves a write-ahead log behind whose exporter is not configured.
func (s *scene) orphan(t *testing.T) {
	t.Helper()
	t.Cleanup(func() { s.collector.Stop() })
	var log string
	require.NoError(t, s.collector.Until(deadline(t), "a log has samples", func(ctx context.Context) error {
		status, err := s.collector.Status(ctx)
		if err != nil {
			return err
		}
		for _, d := range status.Destinations {
			if d.ID == "managed_prometheus/down" && d.Queued > 0 {
				log = d.WAL.Directory
				return nil
			}
		}
		return errors.New("none has")
	}))
	s.collector.Stop()
	require.NoError(t, os.Rename(log, filepath.Join(filepath.Dir(log), "managed_prometheus@gone")))
	require.NoError(t, s.collector.Restart(deadline(t)))
}

func stopAtEnd(t *testing.T, name string, process *harness.Process) {
	t.Cleanup(func() {
		process.Stop()
		if t.Failed() {
			t.Logf("last output of %s:\n%s", name, process.Output.Tail(300))
		}
	})
}

func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func (s *scene) writeKeys(t *testing.T) {
	t.Helper()
	old := harness.NewAccessKey()
	made := time.Now().AddDate(0, 0, -100).UTC().Format(time.RFC3339)
	content, err := json.Marshal(map[string]string{"AccessKeyId": old.ID, "AccessKeySecret": old.Secret, "GenerateTimestamp": made})
	require.NoError(t, err)
	clients, err := json.Marshal([]harness.AccessKey{s.client})
	require.NoError(t, err)
	for name, content := range map[string][]byte{
		"old.json": content, "rotated.json": s.rotated.JSON(), "refused.json": harness.NewAccessKey().JSON(),
		"unreadable.json": harness.NewAccessKey().JSON(), "clients.json": clients,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(s.keys, name), content, 0o600))
	}
}

// onlyRotated accepts the pair that the scene begins with, and no other.
func (s *scene) onlyRotated(_ int, r harness.Received) harness.Answer {
	request := http.Request{Header: r.Header}
	if id, _, _ := request.BasicAuth(); id == s.rotated.ID {
		return harness.Answer{Status: http.StatusNoContent}
	}
	return harness.Answer{Status: http.StatusUnauthorized}
}

// temporaryPair ends too soon, again and again.
func (*scene) temporaryPair(w http.ResponseWriter, _ *http.Request) {
	pair := harness.NewAccessKey()
	_ = json.NewEncoder(w).Encode(map[string]string{
		"AccessKeyId": pair.ID, "AccessKeySecret": pair.Secret, "SecurityToken": "a-token", "Expiration": time.Now().Add(3 * time.Minute).UTC().Format(time.RFC3339),
	})
}

// query finds every series with a sample of now, until it is lost.
func (s *scene) query(w http.ResponseWriter, _ *http.Request) {
	if s.lost.Load() {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	fmt.Fprintf(w, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[0,"%d"]}]}}`, time.Now().Unix()+1)
}

// overflow sends samples of an hour ago until the smallest write-ahead log has made room once and is nearly full again.
func (s *scene) overflow(t *testing.T) {
	t.Helper()
	const atLeast, series, padding = 20, 1000, 900
	at := time.Now().Add(-time.Hour).UnixMilli()
	for n := 0; n < atLeast || s.smallestLog(t) < 0.85; n++ {
		batch := make([]prompb.TimeSeries, series)
		for i := range batch {
			var noise strings.Builder // does not compress
			for noise.Len() < padding {
				noise.WriteString(strconv.FormatUint(rand.Uint64(), 36))
			}
			batch[i] = harness.SeriesOf(at, 1, "__name__", "scene", "noise", noise.String(), "request", strconv.Itoa(n), "series", strconv.Itoa(i))
		}
		reply, err := harness.Write(deadline(t), http.DefaultClient, s.collector.WriteURL, s.client, batch)
		require.NoError(t, err)
		require.Equal(t, http.StatusNoContent, reply.Status, reply.Body)
	}
}

// sendWithWrongSecret sends as a client whose password is wrong.
func (s *scene) sendWithWrongSecret(t *testing.T) {
	t.Helper()
	wrong := harness.AccessKey{ID: s.client.ID, Secret: harness.NewAccessKey().Secret}
	reply, err := harness.Write(deadline(t), http.DefaultClient, s.collector.WriteURL, wrong,
		[]prompb.TimeSeries{harness.SeriesOf(time.Now().UnixMilli(), 1, "__name__", "refused")})
	require.NoError(t, err)
	require.Equal(t, http.StatusUnauthorized, reply.Status)
}

// smallestLog is how full it is.
func (s *scene) smallestLog(t *testing.T) float64 {
	t.Helper()
	status, err := s.collector.Status(deadline(t))
	require.NoError(t, err)
	for _, d := range status.Destinations {
		if d.ID == "managed_prometheus/down" {
			return float64(d.WAL.Bytes) / float64(d.WAL.MaxBytes)
		}
	}
	require.Fail(t, "the destination is not shown")
	return 0
}

// startDropin starts a collector on a prometheus.yml, and breaks the file when it runs.
func (s *scene) startDropin(t *testing.T) {
	t.Helper()
	directory := t.TempDir()
	path := filepath.Join(directory, "prometheus.yml")
	own, err := harness.NewOwnEndpoints()
	require.NoError(t, err)
	s.dropinURL = own.MetricsURL
	endpoint := harness.StartEndpoint(nil)
	t.Cleanup(endpoint.Close)
	require.NoError(t, os.WriteFile(path, fmt.Appendf(nil, "remote_write: [{url: %q}]\nscrape_configs: [{job_name: self, static_configs: [{targets: [%q]}]}]\n", endpoint.URL, hostOf(own.MetricsURL)), 0o600))
	binary, err := harness.Binary("msp-collector")
	require.NoError(t, err)
	s.dropin, err = harness.StartProcess(binary, []string{"--config=prometheus:" + path}, append(own.Env, "STATE_DIRECTORY="+directory))
	require.NoError(t, err)
	stopAtEnd(t, "the drop-in", s.dropin)
	require.NoError(t, s.dropin.Until(deadline(t), "the drop-in runs", func(ctx context.Context) error {
		_, err := harness.Fetch(ctx, s.dropinURL)
		return err
	}))
	require.NoError(t, os.WriteFile(path, []byte("scrape_configs: [{job_nam: typo}]\n"), 0o600))
}

// worsen does what has to happen while the collector runs.
func (s *scene) worsen(t *testing.T) {
	t.Helper()
	s.overflow(t)
	require.NoError(t, s.collector.Until(deadline(t), "the first pair is accepted", func(ctx context.Context) error {
		status, err := s.collector.Status(ctx)
		if err != nil {
			return err
		}
		for _, d := range status.Destinations {
			if d.ID == "managed_prometheus/rotated" && d.AccessKey.State != "accepted" {
				return fmt.Errorf("it is %s", d.AccessKey.State)
			}
		}
		if status.Arrival.State != "arrived" {
			return fmt.Errorf("arrival: %s", status.Arrival.Text)
		}
		return nil
	}))
	s.sendWithWrongSecret(t)
	s.exported.until(t, "otelcol_extension_delivery_status_arrival_delay")
	s.lost.Store(true)
	require.NoError(t, os.WriteFile(filepath.Join(s.keys, "rotated.json"), harness.NewAccessKey().JSON(), 0o600))
	require.NoError(t, os.Remove(filepath.Join(s.keys, "unreadable.json")))
}
