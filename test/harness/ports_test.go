package harness

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Nobody gets a port that somebody else was given a moment ago.
func TestPortsAreHandedOutOnce(t *testing.T) {
	var given sync.Map
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				address, err := FreeAddress()
				if assert.NoError(t, err) {
					_, again := given.LoadOrStore(address, true)
					assert.False(t, again, address)
				}
			}
		})
	}
	all.Wait()
	address, err := FreeAddress()
	require.NoError(t, err)
	require.Contains(t, address, "127.0.0.1:")
}
