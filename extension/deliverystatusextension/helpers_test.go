package deliverystatusextension

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/msp-collector/msp-collector/components/diagnosis"
	"github.com/msp-collector/msp-collector/components/status"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// started counts extensions: each test has its own, which remembers nothing of another.
var started atomic.Int64

// rig is a started extension.
type rig struct {
	*deliveryStatus
	url  string
	logs *observer.ObservedLogs
	tel  *componenttest.Telemetry
}

// hostWith is a host with these extensions.
type hostWith map[component.ID]component.Component

func (h hostWith) GetExtensions() map[component.ID]component.Component { return h }

func start(t *testing.T, change func(*Config), host component.Host) *rig {
	t.Helper()
	return startAs(t, component.NewIDWithName(componentType, strconv.FormatInt(started.Add(1), 10)), change, host)
}

// startAs starts an extension with an id, of which something may be remembered.
func startAs(t *testing.T, id component.ID, change func(*Config), host component.Host) *rig {
	t.Helper()
	config := createDefaultConfig().(*Config)
	config.Endpoint = "127.0.0.1:0"
	if change != nil {
		change(config)
	}
	require.NoError(t, config.Validate())
	core, logs := observer.New(zap.DebugLevel)
	r := &rig{logs: logs, tel: componenttest.NewTelemetry()}
	set := extension.Settings{ID: id, TelemetrySettings: r.tel.NewTelemetrySettings(), BuildInfo: extensiontest.NewNopSettings(componentType).BuildInfo}
	set.Logger, set.BuildInfo.Description = zap.New(core), "MSP Collector"
	made, err := NewFactory().Create(t.Context(), set, config)
	require.NoError(t, err)
	r.deliveryStatus = made.(*deliveryStatus)
	require.NoError(t, r.Start(t.Context(), host))
	t.Cleanup(func() {
		require.NoError(t, r.Shutdown(context.Background()))
		http.DefaultClient.CloseIdleConnections()
	})
	r.url = "http://" + r.listener.Addr().String()
	return r
}

// get returns the status and the body of an answer.
func (r *rig) get(t *testing.T, path string) (int, string) {
	t.Helper()
	response, err := http.Get(r.url + path)
	require.NoError(t, err)
	defer func() { require.NoError(t, response.Body.Close()) }()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(body)
}

func id(name string) component.ID {
	return component.MustNewIDWithName("managed_prometheus", name)
}

// tells registers a destination, and returns what changes it.
func (r *rig) tells(t *testing.T, name string, d status.Destination) {
	t.Helper()
	t.Cleanup(r.Register(id(name), status.Report{Destination: func() status.Destination { return d }}))
}

// held is a destination that refuses its key.
func held() status.Destination {
	return status.Destination{
		State: status.Held, Since: time.Now().Add(-time.Hour), Endpoint: "https://endpoint.test/api/v1/write",
		Diagnosis: &diagnosis.Finding{Reason: "key_disabled", Cause: "the AccessKey is disabled", Remedy: "enable it again"},
		Answer:    &status.Answer{At: time.Now(), Status: 401, Text: "401 Unauthorized: <b>AccessKeyId</b> is disabled"},
		Accepted:  1234567, Delivered: 1000000, Queued: 234567, Delay: 3600,
		Dropped: []status.Loss{{Reason: "wal_full", Samples: 12345, Remedy: "give the log more room"}},
		WAL:     status.WAL{Bytes: 3 << 30, MaxBytes: 4 << 30, WhenFull: "drop_oldest"},
		Pair:    &status.Pair{ID: "LTAI****abcd", State: status.PairRefused, Source: "file /etc/msp-collector/accesskey.json", Age: 100 * 24 * 3600, MaxAge: 90 * 24 * 3600},
	}
}
