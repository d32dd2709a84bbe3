package prometheusscrapereceiver

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// What Prometheus's parts log of a file that may not be read names the user and the way out.
func TestDeniedPermissionIsExplained(t *testing.T) {
	core, logs := observer.New(zap.DebugLevel)
	var target logTarget
	target.set(zap.New(core))
	logger := target.slog().With("config", "node").WithGroup("discovery")
	denied := fmt.Errorf("targets: %w", &fs.PathError{Op: "open", Path: "/etc/hostname", Err: syscall.EACCES})
	logger.Error("Error reading file", "err", denied, "other", errors.New("plain"))
	require.Equal(t, 1, logs.Len())
	fields := fmt.Sprint(logs.All()[0].ContextMap())
	require.Contains(t, fields, "targets: open /etc/hostname: permission denied: this process runs as ")
	require.Contains(t, fields, "plain")
	require.Contains(t, fields, "config:node")
}
