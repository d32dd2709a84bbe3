package delivery

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/internal/wal"
)

// A power cut may take the end of the log and leave the checkpoint, which was written later. What is missing then is not damage,
// in this run or in a later one; what damage takes still is.
func TestAPowerCutLeavesAHole(t *testing.T) {
	for _, damaged := range []bool{false, true} {
		e := newEndpoint(t)
		e.status(http.StatusInternalServerError)
		s := settings(t, e)
		s.MinShards, s.MaxShards = 2, 2
		s.MinBackoff, s.MaxBackoff = time.Hour, time.Hour
		q := open(t, s)
		appendRounds(t, q, 50, 0, 10)
		require.NoError(t, q.Shutdown(context.Background()))
		c, err := openCheckpoint(&s, []progress{{100, 100}, {700, 700}})
		require.NoError(t, err)
		require.NoError(t, c.close())

		var recovered []uint64
		for range 2 { // the second start finds the hole in the log
			q = open(t, s)
			recovered = append(recovered, balanced(t, q).Recovered)
			require.NoError(t, q.Shutdown(context.Background()))
		}
		require.Equal(t, recovered[0], recovered[1])
		require.Less(t, recovered[0], uint64(400), "only what the first shard has not done yet")
		q = open(t, s)
		appendRounds(t, q, 50, 10, 12)
		require.NoError(t, q.Shutdown(context.Background()))
		if damaged {
			segments, err := filepath.Glob(filepath.Join(s.Log.Directory, "*.wal"))
			require.NoError(t, err)
			require.Len(t, segments, 1)
			content, err := os.ReadFile(segments[0])
			require.NoError(t, err)
			content[len(content)*3/4] ^= 0xff // the ninth of ten frames of before the power cut
			require.NoError(t, os.WriteFile(segments[0], content, 0o600))
		}
		e.answers(nil)
		q = open(t, s)
		e.until("all", func() bool { return q.Snapshot().Queued == 0 })
		books := balanced(t, q)
		if damaged {
			require.NotZero(t, books.Dropped[ReasonCorrupt])
			require.LessOrEqual(t, books.Dropped[ReasonCorrupt], uint64(50))
		} else {
			require.Empty(t, books.Dropped)
		}
		different, repeated, _ := e.samples()
		require.EqualValues(t, books.Delivered, different)
		require.Zero(t, repeated)
	}
}

// The hole is all that is in the log when nothing else is.
func TestAHoleInAnEmptyLog(t *testing.T) {
	e := newEndpoint(t)
	s := settings(t, e)
	c, err := openCheckpoint(&s, []progress{{1 << 33, 1 << 33}})
	require.NoError(t, err)
	require.NoError(t, c.close())
	for round := range uint64(3) {
		q := open(t, s)
		require.Zero(t, q.Snapshot().Recovered)
		_, end := q.log.Bounds()
		require.Equal(t, 1<<33+10*round, end)
		require.NoError(t, q.Append([]wal.Payload{samplesOf(10, int64(round))}))
		e.until("all", func() bool { return q.Snapshot().Delivered == 10 })
		require.Empty(t, balanced(t, q).Dropped)
		require.NoError(t, q.Shutdown(context.Background()))
	}
}
