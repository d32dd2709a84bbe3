package managedprometheusexporter

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A log that is bounded by its disk does not fill it.
func TestTheLogLeavesSomeOfTheDisk(t *testing.T) {
	const mib, gib = 1 << 20, 1 << 30
	require.EqualValues(t, 19*mib, roomForLog(0, 20*mib))
	require.EqualValues(t, 19*mib, roomForLog(19*mib, mib), "what it has is its own")
	require.EqualValues(t, 4*gib-16*mib, roomForLog(gib, 3*gib))
	require.Zero(t, roomForLog(0, 0))
}
