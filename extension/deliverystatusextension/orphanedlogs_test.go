package deliverystatusextension

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"

	"github.com/msp-collector/msp-collector/components/status"
)

func TestOrphanedLogsAreShown(t *testing.T) {
	const heading = "Samples that no exporter delivers"
	r := start(t, nil, componenttest.NewNopHost())
	var shown []status.OrphanedLog
	t.Cleanup(r.Register(id("a"), status.Report{
		Destination: func() status.Destination { return status.Destination{State: status.Delivering} },
		OrphanedLogs: func() []status.OrphanedLog {
			return shown
		},
	}))
	_, text := r.get(t, "/")
	require.NotContains(t, text, heading)

	shown = []status.OrphanedLog{
		{Folder: "/wal/managed_prometheus@old", Exporter: "managed_prometheus/old", Endpoint: "https://old.test/write", Samples: 4400, Bytes: 2 << 20, Remedy: "deliver it or <b>delete</b> it"},
		{Folder: "/wal/managed_prometheus@broken", Exporter: "managed_prometheus/broken", Bytes: 10, Remedy: "delete it", Problem: "permission denied"},
	}
	_, text = r.get(t, "/")
	for _, want := range []string{heading, "/wal/managed_prometheus@old", "managed_prometheus/old", "https://old.test/write", "4,400", "2.0 MiB", "deliver it or &lt;b&gt;delete", "permission denied"} {
		require.Contains(t, text, want)
	}
	_, body := r.get(t, "/api/v1/status")
	var answer struct {
		Logs []status.OrphanedLog `json:"orphaned_logs"`
	}
	require.NoError(t, json.Unmarshal([]byte(body), &answer))
	require.Equal(t, shown, answer.Logs)
}
