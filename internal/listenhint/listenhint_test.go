package listenhint

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheVariableIsNamed(t *testing.T) {
	for _, m := range movable {
		t.Setenv(m.variable, "")
	}
	assert.Contains(t, For("127.0.0.1:8888"), ", which MSP_TELEMETRY_PORT sets")
	assert.Contains(t, For("0.0.0.0:8686"), "MSP_STATUS_ENDPOINT")
	t.Setenv("MSP_OTLP_GRPC_ENDPOINT", "[::1]:5")
	assert.Contains(t, For("[::1]:5"), "MSP_OTLP_GRPC_ENDPOINT")
	for _, other := range []string{"127.0.0.1:4317", "127.0.0.1:80", "nowhere"} {
		assert.Equal(t, "stop what listens there, or choose another address", For(other))
	}
}

// The variables are those of the shipped configurations, with the same defaults.
func TestTheVariablesExist(t *testing.T) {
	var shipped strings.Builder
	files, err := filepath.Glob("../../distribution/config/*.yaml")
	require.NoError(t, err)
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		shipped.Write(content)
	}
	for _, m := range movable {
		assert.Contains(t, shipped.String(), "${env:"+m.variable+":-"+m.value+"}")
	}
}
