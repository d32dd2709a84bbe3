package accesskeyauthextension

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/status"
)

// One front end of the service knows the new pair before another does.
func TestNewPairThatSpreadsSlowlyIsStoodInFor(t *testing.T) {
	e, path := newEndpoint(t, oldID, newID), keyPath(t)
	writePair(t, path, oldID)
	r := startRig(t, fileConfig(path), nil)
	require.Equal(t, 200, r.post(t, e.URL))
	writePair(t, path, newID)
	r.waitFor(t, newID)
	require.Equal(t, 200, r.post(t, e.URL), "the first front end")
	e.accept(oldID)
	require.Equal(t, 200, r.post(t, e.URL), "the second")
	require.Equal(t, []string{oldID, newID, newID, oldID}, e.ids())
	require.Equal(t, status.PairFallback, r.Pair(e.URL).State)

	e.accept(newID)
	require.Equal(t, 200, r.post(t, e.URL))
	require.Equal(t, status.PairAccepted, r.Pair(e.URL).State)
}

// Front ends that agree on nothing for a while cost requests, and lose none.
func TestEveryOtherFrontEndKnowsTheNewPair(t *testing.T) {
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests++
		if id, _, _ := r.BasicAuth(); id == newID && requests%2 == 0 {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(server.Close)
	path := keyPath(t)
	writePair(t, path, oldID)
	r := startRig(t, fileConfig(path), nil)
	require.Equal(t, 200, r.post(t, server.URL))
	writePair(t, path, newID)
	r.waitFor(t, newID)
	for range 10 {
		require.Equal(t, 200, r.post(t, server.URL))
		place := r.destinations
		for _, dest := range place.byURL { // its back-off is over
			dest.mu.Lock()
			dest.retryAt = time.Time{}
			dest.mu.Unlock()
		}
	}
}

func TestFormerPairStandsInForAShortTime(t *testing.T) {
	now := time.Now()
	old, next := credentialOf("old", time.Time{}), credentialOf("new", time.Time{})
	spreading := func() *destination {
		d := &destination{}
		d.accept(old, old, now.Add(-time.Hour))
		d.accept(next, next, now)
		return d
	}
	d := spreading()
	require.Same(t, next, d.choose(next, time.Hour, now), "nothing is refused")
	require.Same(t, old, d.alternative(next, next, time.Hour, now.Add(spreadTime-1)))
	require.Nil(t, d.alternative(next, next, time.Hour, now.Add(spreadTime)))
	require.Nil(t, d.alternative(next, next, 0, now), "fallback_for: 0")
	require.Nil(t, d.alternative(next, next, time.Second, now.Add(time.Second)))

	// Each refusal and acceptance in between starts no new time.
	later := now.Add(spreadTime - time.Second)
	d.refuse(next, next, &refusal{at: later})
	state, _ := d.accept(old, next, later)
	require.Equal(t, fallback, state)
	d.accept(next, next, later)
	require.Nil(t, d.alternative(next, next, time.Hour, now.Add(spreadTime)))

	third := credentialOf("third", time.Time{})
	d.refuse(next, next, &refusal{at: later})
	d.accept(old, next, later)
	d.accept(third, third, later)
	require.Same(t, old, d.alternative(third, third, time.Hour, later), "a third takes the place of the old one")

	d = spreading()
	d.accept(third, third, later)
	require.Same(t, next, d.alternative(third, third, time.Hour, later))
	d.accept(next, next, later) // rolled back
	require.Same(t, third, d.alternative(next, next, time.Hour, later))

	old = credentialOf("old", now.Add(time.Minute))
	require.Nil(t, spreading().alternative(next, next, time.Hour, now.Add(time.Minute)), "it has ended")
}
