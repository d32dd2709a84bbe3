package accesskeyauthextension

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSchedule(t *testing.T) {
	now := time.Unix(1e9, 0)
	for name, c := range map[string]struct {
		remote, failed bool
		life           time.Duration
		longest        time.Duration
	}{
		"local":              {longest: time.Second},
		"local failed":       {failed: true, longest: time.Second},
		"remote permanent":   {remote: true, longest: remoteInterval},
		"an hour":            {remote: true, life: time.Hour, longest: 45 * time.Minute},
		"fifteen minutes":    {remote: true, life: 15 * time.Minute, longest: 10 * time.Minute},
		"almost expired":     {remote: true, life: time.Millisecond, longest: firstBackoff},
		"failed with a life": {remote: true, failed: true, life: time.Hour, longest: firstBackoff},
	} {
		t.Run(name, func(t *testing.T) {
			s := &schedule{interval: time.Second}
			var expiry time.Time
			if c.life > 0 {
				expiry = now.Add(c.life)
			}
			wait := s.next(c.remote, c.failed, expiry, now)
			require.LessOrEqual(t, wait, c.longest)
			require.GreaterOrEqual(t, wait, c.longest*4/5)
		})
	}
	s := &schedule{}
	for range 100 {
		require.LessOrEqual(t, s.next(true, true, time.Time{}, now), lastBackoff)
	}
	require.LessOrEqual(t, s.next(true, false, time.Time{}, now), remoteInterval)
	require.LessOrEqual(t, s.next(true, true, time.Time{}, now), firstBackoff, "success forgets the failures")
}
