package harness

import (
	"bufio"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// echo answers each line with itself.
func echo(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(connection, connection)
				_ = connection.Close()
			}()
		}
	}()
	return listener.Addr().String()
}

func TestARelayPassesHoldsAndResets(t *testing.T) {
	relay, err := StartRelay(echo(t))
	require.NoError(t, err)
	t.Cleanup(relay.Close)
	connection, err := net.Dial("tcp", relay.Address)
	require.NoError(t, err)
	defer func() { _ = connection.Close() }()
	lines := bufio.NewReader(connection)
	say := func(line string) {
		_, err := io.WriteString(connection, line)
		require.NoError(t, err)
	}
	hear := func() (string, error) { return lines.ReadString('\n') }

	say("one\n")
	got, err := hear()
	require.NoError(t, err)
	require.Equal(t, "one\n", got)

	relay.Cut()
	relay.Cut()
	say("two\n")
	require.NoError(t, connection.SetReadDeadline(time.Now().Add(100*time.Millisecond)))
	_, err = hear()
	require.ErrorIs(t, err, os.ErrDeadlineExceeded, "nothing passes, and nobody is told")
	relay.Mend()
	relay.Mend()
	require.NoError(t, connection.SetReadDeadline(time.Time{}))
	got, err = hear()
	require.NoError(t, err)
	require.Equal(t, "two\n", got, "nothing is lost")

	relay.Reset()
	_, err = hear()
	require.Error(t, err)
	require.NotErrorIs(t, err, os.ErrDeadlineExceeded)
}
