package refusedsenders

import (
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/msp-collector/msp-collector/components/status"
)

var wrong = Reason{Name: "wrong_secret", Cause: "the secret is wrong", Remedy: "write the right one"}

// fixture is a table with a clock that only the test moves.
type fixture struct {
	*Table
	logs *observer.ObservedLogs
	at   time.Time
}

func newFixture() *fixture {
	core, logs := observer.New(zap.DebugLevel)
	f := &fixture{Table: New(zap.New(core)), logs: logs, at: time.Unix(1_700_000_000, 0)}
	f.now = func() time.Time { return f.at }
	return f
}

func TestASenderIsLoggedOnceForEachReason(t *testing.T) {
	f := newFixture()
	for range 100 {
		f.Refuse("LTAI****aaaa", "10.0.0.7", wrong)
	}
	f.Refuse("LTAI****aaaa", "10.0.0.8", wrong)
	f.Refuse("LTAI****aaaa", "10.0.0.8", Reason{Name: "unknown_id"})
	lines := f.logs.All()
	require.Len(t, lines, 3)
	assert.Equal(t, "Sender refused. Its further requests are counted and not logged", lines[0].Message)
	assert.Equal(t, map[string]any{
		"access_key_id": "LTAI****aaaa", "address": "10.0.0.7", "reason": "wrong_secret", "cause": "the secret is wrong", "remedy": "write the right one",
	}, lines[0].ContextMap())
	assert.EqualValues(t, 102, f.Report().Requests)
	assert.EqualValues(t, 100, senderAt(t, f.Report(), "10.0.0.7").Requests)
}

func senderAt(t *testing.T, report status.RefusedSenders, address string) status.RefusedSender {
	t.Helper()
	for _, one := range report.Senders {
		if one.Address == address {
			return one
		}
	}
	require.Fail(t, "no sender at "+address)
	return status.RefusedSender{}
}

func TestASenderThatWasQuietForADayIsLoggedAgain(t *testing.T) {
	f := newFixture()
	f.Refuse("a", "10.0.0.7", wrong)
	f.at = f.at.Add(forgetAfter)
	f.Refuse("a", "10.0.0.7", wrong)
	assert.Equal(t, 2, f.logs.Len())
	assert.EqualValues(t, 1, senderAt(t, f.Report(), "10.0.0.7").Requests)
	assert.Equal(t, f.at, f.Report().Last)
}

// Whoever varies the id, or comes from many addresses, fills neither the memory nor the log.
func TestAFloodIsBounded(t *testing.T) {
	f := newFixture()
	f.Refuse("honest", "10.0.0.7", wrong)
	for n := range 10 * maxSenders {
		f.Refuse(fmt.Sprintf("id-%d", n), "10.6.6.6", wrong)
	}
	assert.Len(t, f.senders, 1+maxPerAddress+1)
	assert.NotZero(t, senderAt(t, f.Report(), "10.0.0.7"), "one address does not push out another")
	for n := range 10 * maxSenders {
		f.at = f.at.Add(time.Millisecond)
		f.Refuse("", fmt.Sprintf("10.7.%d.%d", n/256, n%256), wrong)
	}
	assert.Len(t, f.senders, maxSenders)
	require.Equal(t, maxLines+1, f.logs.Len(), "20 lines and one that says that there are more")
	assert.Contains(t, f.logs.All()[maxLines].Message, "More senders are refused than are logged")
	assert.Len(t, f.Report().Senders, status.MaxRefusedSenders)
	assert.EqualValues(t, 1+20*maxSenders, f.Report().Requests)

	f.at = f.at.Add(logWindow)
	f.Refuse("later", "10.0.0.9", wrong)
	assert.Equal(t, maxLines+2, f.logs.Len(), "the next window has lines again")
	assert.Equal(t, "10.0.0.9", f.Report().Senders[0].Address, "the latest comes first")
}

func TestATableIsSafeForConcurrentUse(t *testing.T) {
	f := newFixture()
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for range 100 {
				f.Refuse(fmt.Sprint(n), "10.0.0.7", wrong)
				f.Report()
			}
		})
	}
	all.Wait()
	assert.EqualValues(t, 800, f.Report().Requests)
}

func TestHost(t *testing.T) {
	for want, address := range map[string]net.Addr{
		"10.0.0.7": &net.TCPAddr{IP: net.IPv4(10, 0, 0, 7), Port: 4317},
		"10.0.0.8": &net.IPAddr{IP: net.IPv4(10, 0, 0, 8)},
		"fe80::1":  &net.TCPAddr{IP: net.ParseIP("fe80::1"), Port: 1},
		"@":        &net.UnixAddr{Name: "@", Net: "unix"},
	} {
		assert.Equal(t, want, Host(address))
	}
	assert.Equal(t, "unknown", Host(nil))
	assert.Equal(t, "unknown", Host(&net.UnixAddr{Net: "unix"}))
}
