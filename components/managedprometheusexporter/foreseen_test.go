package managedprometheusexporter

import (
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
)

func TestNotesSayWhatAStartDoesToLogs(t *testing.T) {
	endpoint := newReceiver(t)
	endpoint.answer(http.StatusForbidden)
	config := endpoint.config(t)
	config.HTTP.Endpoint += "?token=secret"
	notes := func(names ...string) []string {
		all := map[component.ID]component.Config{component.MustNewID("nop"): struct{}{}}
		for _, name := range names {
			all[idOf(name)] = config
		}
		return LogNotes(all)
	}
	require.Empty(t, notes("o1"), "there is no directory yet")
	s := serve(t, []string{"o1", "o2"}, map[string]*Config{"o1": config, "o2": config})
	s.send("o1", 0, 5)
	s.send("o2", 0, 7)
	require.Eventually(t, func() bool { return s.exporter("o1").queue.Load().Health().Held }, time.Minute, time.Millisecond)
	for range 2 { // while it runs, and when it has stopped
		require.Empty(t, notes("o1", "o2"))
		require.Equal(t, []string{"managed_prometheus/n1 takes over the write-ahead log of managed_prometheus/o1: 5 samples that were meant for " + endpoint.URL + "/api/v1/write"}, notes("n1", "o2"))
		orphaned := notes("n1", "n2")
		require.Len(t, orphaned, 2)
		require.Contains(t, orphaned[0], "the write-ahead log "+filepath.Join(config.WAL.Directory, "managed_prometheus@o1")+" belongs to no exporter of this configuration: 5 samples, ")
		require.Contains(t, orphaned[0], "after the start, deliver it with `msp-collector wal deliver ")
		require.NotContains(t, orphaned[0], "secret")
		s.stop()
	}
}
