package delivery

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/internal/wal"
)

// Appends that find the log full at the same moment drop one segment, a quarter of it, and not one each.
func TestAFullLogMakesRoomOnceForAll(t *testing.T) {
	e := newEndpoint(t)
	e.status(http.StatusInternalServerError)
	s := settings(t, e)
	s.MinBackoff, s.MaxBackoff, s.Log.MaxSize = time.Hour, time.Hour, 64<<10
	q := open(t, s)
	appendRounds(t, q, 50, 0, 400) // more than it can hold
	require.NotZero(t, q.Snapshot().Dropped[ReasonWALFull])
	var appends sync.WaitGroup
	var smallest, rounds atomic.Int64
	smallest.Store(s.Log.MaxSize)
	for range 50 {
		appends.Go(func() {
			for ts := 400 + rounds.Add(1); ts < 1200; ts = 400 + rounds.Add(1) {
				if err := q.Append([]wal.Payload{samplesOf(50, ts)}); err != nil {
					t.Error(err)
				}
				for size, least := q.Bytes(), smallest.Load(); size < least; least = smallest.Load() {
					smallest.CompareAndSwap(least, size)
				}
			}
		})
	}
	appends.Wait()
	require.Greater(t, smallest.Load(), s.Log.MaxSize/2)
	balanced(t, q)
}

func TestALogWithoutRoomSaysWhatToDo(t *testing.T) {
	full := fmt.Errorf("append 7 bytes: %w", wal.ErrFull)
	for err, remedy := range map[error]string{
		full: "raise wal::max_size", syscall.ENOSPC: "the disk of wal::directory is full", syscall.EDQUOT: "the disk of wal::directory is full",
	} {
		require.True(t, noRoom(err), err)
		require.ErrorIs(t, withRemedy(err), err)
		require.ErrorContains(t, withRemedy(err), remedy)
	}
	require.False(t, noRoom(syscall.EIO))
	require.Equal(t, syscall.EIO, withRemedy(syscall.EIO))
	require.NoError(t, withRemedy(nil))
}
