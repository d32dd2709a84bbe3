package harness

import (
	"net"
	"os/exec"
	"sync"
	"syscall"
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

// A port is free for whoever it was given to, while other goroutines start programs.
func TestPortsAreFreeWhileProgramsStart(t *testing.T) {
	done := make(chan struct{})
	var starters sync.WaitGroup
	defer starters.Wait()
	defer close(done)
	for range 4 {
		starters.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					assert.NoError(t, exec.Command("true").Run())
				}
			}
		})
	}
	for range 500 {
		address, err := FreeAddress()
		require.NoError(t, err)
		listener, err := net.Listen("tcp", address)
		if assert.NoError(t, err) {
			require.NoError(t, listener.Close())
		}
	}
}

// A port that something listens on is not handed out.
func TestPortsInUseAreNotFree(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	require.ErrorIs(t, free(listener.Addr().(*net.TCPAddr).Port), syscall.EADDRINUSE)
}
