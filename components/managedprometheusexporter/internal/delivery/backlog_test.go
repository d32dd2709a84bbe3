package delivery

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"
)

// What is said of a log at rest is what its next start finds, however uneven the shards were.
func TestABacklogIsWhatTheNextStartRecovers(t *testing.T) {
	e := newEndpoint(t)
	s := settings(t, e)
	s.MinShards, s.MaxShards = 4, 4
	s.MinBackoff, s.MaxBackoff = time.Hour, time.Hour
	for round, lasts := range []int{3, 7, 1, 12} {
		begin := e.count()
		e.answers(func(n int, _ *prompb.WriteRequest) send.Answer {
			if n-begin < lasts {
				return send.Answer{Status: http.StatusNoContent}
			}
			return send.Answer{Err: errors.New("connection refused")}
		})
		q := open(t, s)
		recovered := q.Snapshot().Recovered
		appendRounds(t, q, 50, int64(round)*20, int64(round)*20+20)
		e.until("it fails", func() bool { return e.count() > begin+lasts })
		crash(t, q)
		queued := balanced(t, q).Queued
		require.Less(t, queued, recovered+1000, "some are delivered")

		before := listing(t, s.Log.Directory)
		backlog, err := BacklogOf(s.Log.Directory)
		require.NoError(t, err)
		require.Equal(t, queued, backlog.Samples)
		require.Positive(t, backlog.Bytes)
		require.Equal(t, before, listing(t, s.Log.Directory))

		again := open(t, s)
		require.Equal(t, backlog.Samples, again.Snapshot().Recovered)
		crash(t, again)
	}
}

func TestADrainedLogHasNoBacklog(t *testing.T) {
	e := newEndpoint(t)
	s := settings(t, e)
	q := open(t, s)
	appendRounds(t, q, 50, 0, 20)
	require.NoError(t, q.Shutdown(context.Background()))
	backlog, err := BacklogOf(s.Log.Directory)
	require.NoError(t, err)
	require.Zero(t, backlog.Samples)
	require.True(t, IsLog(s.Log.Directory))

	empty := t.TempDir()
	require.False(t, IsLog(empty))
	require.False(t, IsLog(filepath.Join(empty, "missing")))
	backlog, err = BacklogOf(empty)
	require.NoError(t, err)
	require.Equal(t, Backlog{}, backlog)
}

// listing is the files of a directory, with their sizes and times.
func listing(t *testing.T, directory string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(directory)
	require.NoError(t, err)
	for _, entry := range entries {
		info, err := entry.Info()
		require.NoError(t, err)
		all = append(all, entry.Name()+info.ModTime().String()+info.Mode().String())
	}
	return all
}
